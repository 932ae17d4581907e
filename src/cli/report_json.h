// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/diagnostics_log.h"
#include "report/json_report.h"
#include "skol/metrics.h"
#include "skol/model.h"
#include "skol/trainer.h"
#include "training/review.h"

namespace skol {

// One JSON object each, on one line with its line end, with the keys scripts rely on. Names that
// are not UTF-8 get U+FFFD.

// What `train` prints; `model` is where it was saved.
std::string training_json(const TrainingResult& result, const DiagnosticsLog& diagnostics,
                          const std::string& model);

// What `review` prints.
std::string review_json(const std::vector<Document>& documents, const Review& review,
                        double seconds, const DiagnosticsLog& diagnostics);

// What `predict` counts while it reads and writes.
struct OutputCounts {
  std::size_t skipped = 0;         // documents
  std::size_t not_round_trip = 0;  // lines
  std::size_t unsure_lines = 0;    // of a label less probable than asked for
};
std::string prediction_json(const PredictionReport& report, const OutputCounts& counts,
                            const DiagnosticsLog& diagnostics);

// What `evaluate` and `score` print.
std::string scores_json(const Scores& scores, const DiagnosticsLog& diagnostics);

// What `tune` prints of a tuned model; `model` is its name, without a password.
std::string tuning_json(const Model& tuned, const std::string& model, bool saved);

// What `models show` prints of a model that takes `bytes` under `name`, which has no password.
std::string model_json(const Model& model, const std::string& name, std::uint64_t bytes);

// The same for a person: a line a fact, those of nested objects below their names. Its tuning is
// tuned_table's to show.
std::string model_facts(const Model& model, const std::string& name, std::uint64_t bytes);

}  // namespace skol
