// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "skol/document.h"
#include "skol/model.h"
#include "skol/options.h"

namespace skol {

struct TunePoint {
  std::size_t batch_size = 0;
  std::size_t bytes = 0;
  double windows_per_second = 0;
};

struct TuneResult {
  std::size_t base_bytes = 0, window_bytes = 0;
  double fit_error = 0;
  std::vector<TunePoint> points;          // ascending batch sizes
  std::size_t prediction_batch_size = 0;  // the choice
  std::string reason;                     // one line
};

// documents: what is predicted; none: synthetic windows. options' prediction_batch_size is not
// looked at. device_bytes: of the device that options name, whose bytes are measured then; a size
// that it has no room for ends the list. Error kMemory where it has room for none.
TuneResult tune(const Model& model, const PredictionOptions& options,
                const std::vector<Document>& documents, double seconds = 20,
                std::uint64_t device_bytes = 0);

}  // namespace skol
