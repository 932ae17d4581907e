// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "skol/options.h"

namespace skol {

inline PredictionOptions prediction_options(std::size_t prediction_batch_size,
                                            std::size_t prediction_stride, std::size_t threads,
                                            std::string target) {
  PredictionOptions options;
  options.prediction_batch_size = prediction_batch_size;
  options.prediction_stride = prediction_stride;
  options.threads = threads;
  options.target = std::move(target);
  return options;
}

}  // namespace skol
