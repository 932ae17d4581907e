// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "skol/document.h"
#include "skol/metrics.h"
#include "skol/predictor.h"
#include "training/reliability.h"

namespace skol {

// What an annotator called line i, collapsed or folded where the model's labels are; empty for
// none.
std::string gold_name(const Document& document, std::size_t i, const Model& model);
// Its index among the model's labels; kNoLabel for none, or where the model does not have it.
std::int32_t gold_label(const Document& document, std::size_t i, const Model& model);

// Counts gold and predicted labels by name, as they come. For one thread.
class Evaluation {
 public:
  // Labels of this order come first in the scores, whether they occur or not; others follow in
  // byte order.
  explicit Evaluation(std::vector<std::string> labels) : labels_(std::move(labels)) {}

  void add(const std::string& gold, const std::string& predicted) { ++counts_[{gold, predicted}]; }

  // So many lines at once. `loss` is the sum over them of -ln(probability of the gold label); none
  // where nothing says how probable.
  void add(const std::string& gold, const std::string& predicted, std::uint64_t lines,
           std::optional<double> loss);

  // Every line of the document that has a gold label and a prediction; gold labels are collapsed
  // where the model's are. A gold label that the model does not have adds nothing to the loss.
  void add(const LabelledDocument& document, const Model& model);

  bool empty() const { return counts_.empty(); }
  Scores scores() const;

 private:
  std::vector<std::string> labels_;
  struct Loss {
    double sum = 0;
    std::uint64_t lines = 0;
  };
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts_;
  std::map<std::string, Loss> losses_;  // by gold label
  Reliability reliability_;
};

// Labels the documents and scores the labels. `look` as of Predictor::run.
Scores evaluate(const Model& model, std::span<const Document* const> documents,
                const PredictionOptions& options, Predictor::Look look);

}  // namespace skol
