// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/diagnostics_log.h"
#include "skol/metrics.h"
#include "skol/model.h"
#include "skol/predictor.h"
#include "skol/trainer.h"

namespace skol {

using Json = nlohmann::ordered_json;

// One line with its line end. Names that are not UTF-8 get U+FFFD.
std::string to_line(const Json& json);

// What `evaluate` and `score` print.
Json scores_json(const Scores& scores);

// What `train` prints; `model` is where it was saved.
Json training_json(const TrainingResult& result, const DiagnosticsLog& diagnostics,
                   const std::string& model);

// What `predict` measures of itself besides the library's statistics.
struct PredictionReport {
  PredictionStats stats;
  double seconds = 0;
  std::size_t peak_bytes = 0;
  std::size_t skipped = 0;         // documents
  std::size_t not_round_trip = 0;  // lines
  double lines_per_second() const {
    return seconds > 0 ? static_cast<double>(stats.lines - stats.blank_lines) / seconds : 0;
  }
};
Json prediction_json(const PredictionReport& report, const DiagnosticsLog& diagnostics);

// What `models show` prints of a model that takes `bytes` where it is kept.
Json model_json(const Model& model, const std::string& name, std::uint64_t bytes);

Json diagnostics_json(const DiagnosticsLog& diagnostics);

}  // namespace skol
