// SPDX-License-Identifier: Apache-2.0
#include "skol/options.h"

#include <algorithm>
#include <cmath>

#include "base/fail.h"
#include "base/sizes.h"
#include "features/rich_features.h"
#include "model/model_data.h"

namespace skol {
namespace {

void at_least_one(const char* name, std::size_t value) {
  if (value < 1) fail(ErrorKind::kParameter, "{} is {}: expected 1 or more", name, value);
}

void at_most(const char* name, std::size_t value, std::size_t limit) {
  if (value > limit)
    fail(ErrorKind::kParameter, "{} is {}: expected at most {}", name, value, limit);
}

void fraction(const char* name, double value) {
  if (!(value >= 0 && value < 1)) {
    fail(ErrorKind::kParameter, "{} is {}: expected 0 or more and less than 1", name, value);
  }
}

void one_of(const char* name, const std::string& value, const std::vector<std::string>& values) {
  if (std::find(values.begin(), values.end(), value) == values.end()) {
    fail(ErrorKind::kParameter, "{} is '{}': expected one of {}", name, value,
         fmt::join(values, ", "));
  }
}

void stride_within(const char* name, std::size_t stride, std::size_t window_size) {
  if (stride > window_size) {
    fail(ErrorKind::kParameter,
         "{} is {}: expected at most window_size, {}, or lines would be left out", name, stride,
         window_size);
  }
}

}  // namespace

// The limits keep every product of sizes far below 2^63 and are beyond what any memory holds.
void check(const TrainingOptions& o) {
  constexpr std::size_t kMost = 1 << 20;
  at_least_one("hidden_size", o.hidden_size);
  at_most("hidden_size", o.hidden_size, 1 << 14);
  at_most("num_layers", o.num_layers, 64);
  at_least_one("window_size", o.window_size);
  at_most("window_size", o.window_size, kMost);
  stride_within("prediction_stride", o.prediction_stride, o.window_size);
  stride_within("training_stride", o.training_stride, o.window_size);
  at_least_one("batch_size", o.batch_size);
  at_most("batch_size", o.batch_size, kMost);
  at_least_one("epochs", o.epochs);
  at_least_one("seeds", o.seeds);
  at_most("seeds", o.seeds, 1000);
  fraction("dropout", o.dropout);
  fraction("validation_fraction", o.validation_fraction);
  if (!(o.learning_rate > 0 && std::isfinite(o.learning_rate))) {
    fail(ErrorKind::kParameter, "learning_rate is {}: expected more than 0", o.learning_rate);
  }
  if (!(o.clip_norm >= 0 && std::isfinite(o.clip_norm))) {
    fail(ErrorKind::kParameter, "clip_norm is {}: expected 0 or more", o.clip_norm);
  }
  at_least_one("word_vocab_size", o.word_vocab_size);
  at_most("word_vocab_size", o.word_vocab_size, 1 << 27);
  at_most("suffix_vocab_size", o.suffix_vocab_size, 1 << 27);
  one_of("features", o.features, {"compact", "rich"});
  at_least_one("feature_vocab_size", o.feature_vocab_size);
  at_most("feature_vocab_size", o.feature_vocab_size, 1 << 24);
  parse_feature_groups(o.feature_groups);
  at_least_one("embedding_size", o.embedding_size);
  at_most("embedding_size", o.embedding_size, 1 << 14);
  fraction("feature_dropout", o.feature_dropout);
  fraction("line_dropout", o.line_dropout);
  fraction("word_dropout", o.word_dropout);
  fraction("form_dropout", o.form_dropout);
  one_of("schedule", o.schedule, {"auto", "constant", "one-cycle"});
  fraction("averaging", o.averaging);
  one_of("labels", o.labels, {"collapsed", "all"});
  one_of("decoder", o.decoder, {"argmax", "crf"});
  if (o.class_weights != "none" && !o.focal_labels.empty()) {
    fail(ErrorKind::kParameter, "class_weights '{}' and focal_labels '{}' are mutually exclusive",
         o.class_weights, fmt::join(o.focal_labels, ","));
  }
}

void check(const PredictionOptions& o) {
  if (o.prediction_batch_size != kAutoBatchSize) {
    at_most("prediction_batch_size", o.prediction_batch_size, 1 << 24);
  }
  at_most("threads", o.threads, 4096);
  one_of("precision", o.precision, {"fp32", "bf16"});
  at_least_one("executors", o.executors);
  at_most("executors", o.executors, 1 << 16);
  if (!o.memory_budget.empty() &&
      parse_size_or_percentage("memory_budget", o.memory_budget, kMostBytes).bytes == 0) {
    fail(ErrorKind::kParameter, "memory_budget is '{}': expected more than 0", o.memory_budget);
  }
}

void check(const ReviewOptions& o) {
  if (o.folds < 2) {
    fail(ErrorKind::kParameter, "folds is {}: expected 2 or more, to judge each part by the others",
         o.folds);
  }
  if (!(o.min_probability >= 0 && o.min_probability <= 1)) {
    fail(ErrorKind::kParameter, "min_probability is {}: expected a number from 0 to 1",
         o.min_probability);
  }
}

std::size_t resolved_stride(std::size_t stride, std::size_t window_size) {
  return stride > 0 ? stride : std::max<std::size_t>(1, window_size / 2);
}

std::size_t embedding_size(const TrainingOptions& options) {
  return options.features == "rich" && options.num_layers > 0 ? options.embedding_size : 0;
}

}  // namespace skol
