// SPDX-License-Identifier: Apache-2.0
#include "training/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "model/model_data.h"
#include "text/label_set.h"

namespace skol {

void Evaluation::add(const std::string& gold, const std::string& predicted, std::uint64_t lines,
                     std::optional<double> loss) {
  counts_[{gold, predicted}] += lines;
  if (!loss) return;
  Loss& all = losses_[gold];
  all.sum += *loss;
  all.lines += lines;
}

std::string gold_name(const Document& document, std::size_t i, const Model& model) {
  if (document.labels.empty() || document.labels[i] == kNoLabel) return "";
  std::string label = document.label_names[static_cast<std::size_t>(document.labels[i])];
  if (model.options().labels == "collapsed") label = collapse_label(label);
  const bool folds = model.options().min_label_count > 0;
  return folds && model.data().labels.index(label) == kNoLabel ? std::string(kOtherLabel) : label;
}

std::int32_t gold_label(const Document& document, std::size_t i, const Model& model) {
  const std::string name = gold_name(document, i, model);
  return name.empty() ? kNoLabel : model.data().labels.index(name);
}

void Evaluation::add(const LabelledDocument& labelled, const Model& model) {
  for (std::size_t i = 0; i < labelled.document.labels.size(); ++i) {
    const std::string label = gold_name(labelled.document, i, model);
    if (label.empty() || labelled.labels[i] == kNoLabel) continue;
    const auto predicted = static_cast<std::size_t>(labelled.labels[i]);
    add(label, model.labels()[predicted]);
    const float* const row = &labelled.probabilities[i * model.labels().size()];
    reliability_.add(row[predicted], model.labels()[predicted] == label);
    const std::int32_t index = model.data().labels.index(label);
    if (index == kNoLabel) continue;
    const float p = std::max(row[index], std::numeric_limits<float>::min());
    Loss& loss = losses_[label];
    loss.sum -= std::log(static_cast<double>(p));
    ++loss.lines;
  }
}

Scores Evaluation::scores() const {
  std::set<std::string> others;
  for (const auto& [pair, count] : counts_) others.insert({pair.first, pair.second});
  std::vector<std::string> names = labels_;
  for (const std::string& name : labels_) others.erase(name);
  names.insert(names.end(), others.begin(), others.end());
  ConfusionMatrix confusion(names);
  const auto index = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  for (const auto& [pair, count] : counts_) {
    const std::size_t gold = index(pair.first), predicted = index(pair.second);
    for (std::uint64_t line = 0; line < count; ++line) confusion.add(gold, predicted);
  }
  Scores scores = score(std::move(confusion));
  Loss all;
  for (LabelScores& label : scores.per_label) {
    const auto found = losses_.find(label.label);
    if (found == losses_.end()) continue;
    label.loss = found->second.sum / static_cast<double>(found->second.lines);
    all.sum += found->second.sum;
    all.lines += found->second.lines;
  }
  if (all.lines > 0) scores.loss = all.sum / static_cast<double>(all.lines);
  scores.expected_calibration_error = reliability_.error();
  return scores;
}

Scores evaluate(const Model& model, std::span<const Document* const> documents,
                const PredictionOptions& options, Predictor::Look look) {
  Evaluation evaluation(model.labels());
  Predictor predictor(model, options);
  PredictionRun run(
      predictor, [&](LabelledDocument&& labelled) { evaluation.add(labelled, model); },
      std::move(look));
  for (const Document* document : documents) run.add(*document);
  run.finish();
  return evaluation.scores();
}

}  // namespace skol
