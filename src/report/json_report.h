// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "skol/metrics.h"
#include "skol/model.h"
#include "skol/predictor.h"
#include "skol/trainer.h"

namespace skol {

// What the library measured, with the keys that scripts rely on: the same from the command and from
// Python.
using Json = nlohmann::ordered_json;

// What a prediction measures of itself besides the library's statistics.
struct PredictionReport {
  PredictionStats stats;
  double seconds = 0;
  std::size_t peak_bytes = 0;
  double lines_per_second() const {
    return seconds > 0 ? static_cast<double>(stats.lines - stats.blank_lines) / seconds : 0;
  }
};

// Compact, on one line with its end; bytes that are not UTF-8 become U+FFFD.
std::string to_line(const Json& json);

Json scores_report(const Scores& scores);
Json training_report(const TrainingResult& result);
Json prediction_report(const PredictionReport& report);
// Every option by its name.
Json options_report(const TrainingOptions& options);
// The record of the model's tuning; {} where there is none.
Json tuned_report(const Model& model);
// A model that takes `bytes` where it is kept under `name`.
Json model_report(const Model& model, const std::string& name, std::uint64_t bytes);

}  // namespace skol
