// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "skol/options.h"

namespace skol {

inline PredictionOptions prediction_options(std::size_t prediction_batch_size,
                                            std::size_t prediction_stride, std::size_t threads,
                                            std::string target, std::string run_name = "python",
                                            std::string model_name = {},
                                            std::string memory_budget = {},
                                            std::size_t executors = 1, std::string device = "cpu",
                                            std::string precision = "fp32") {
  PredictionOptions options;
  options.prediction_batch_size = prediction_batch_size;
  options.prediction_stride = prediction_stride;
  options.threads = threads;
  options.target = std::move(target);
  options.run_name = std::move(run_name);
  options.model_name = std::move(model_name);
  options.memory_budget = std::move(memory_budget);
  options.executors = executors;
  options.device = std::move(device);
  options.precision = std::move(precision);
  return options;
}

}  // namespace skol
