// SPDX-License-Identifier: Apache-2.0
#include "skol/metrics.h"

#include <utility>

#include "base/fail.h"

namespace skol {
namespace {

// 32 MiB of counts; a network has a handful of labels, and only a wrong file has thousands.
constexpr std::size_t kMostLabels = 2048;

std::vector<std::string> checked(std::vector<std::string> labels) {
  if (labels.empty() || labels.size() > kMostLabels) {
    fail(ErrorKind::kParameter,
         "{} labels to score, expected 1 to {}: check that the files are annotated text",
         labels.size(), kMostLabels);
  }
  return labels;
}

double ratio(double part, double whole) {
  return whole == 0 ? 0 : part / whole;
}

struct Occurrences {
  std::uint64_t gold = 0;
  std::uint64_t predicted = 0;
};

std::vector<Occurrences> occurrences(const ConfusionMatrix& confusion) {
  std::vector<Occurrences> result(confusion.labels().size());
  for (std::size_t gold = 0; gold < result.size(); ++gold) {
    for (std::size_t predicted = 0; predicted < result.size(); ++predicted) {
      const std::uint64_t lines = confusion.count(gold, predicted);
      result[gold].gold += lines;
      result[predicted].predicted += lines;
    }
  }
  return result;
}

LabelScores label_scores(std::string label, std::uint64_t right, const Occurrences& occurs) {
  const auto hits = static_cast<double>(right);
  const auto gold = static_cast<double>(occurs.gold);
  const auto predicted = static_cast<double>(occurs.predicted);
  return {.label = std::move(label),
          .precision = ratio(hits, predicted),
          .recall = ratio(hits, gold),
          .f1 = ratio(2 * hits, gold + predicted),
          .support = occurs.gold};
}

// An average as it grows.
struct Mean {
  double sum = 0;
  double weights = 0;

  void add(double value, double weight) {
    sum += value * weight;
    weights += weight;
  }
  double value() const { return ratio(sum, weights); }
};

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> labels)
    : labels_(checked(std::move(labels))), counts_(labels_.size() * labels_.size()) {}

void ConfusionMatrix::add(std::size_t gold, std::size_t predicted) {
  if (gold >= labels_.size() || predicted >= labels_.size()) {
    fail(ErrorKind::kInternal, "gold label {} predicted as {}, expected indices below {}", gold,
         predicted, labels_.size());
  }
  ++counts_[gold * labels_.size() + predicted];
}

Scores score(ConfusionMatrix confusion) {
  const std::vector<Occurrences> occurs = occurrences(confusion);
  Scores scores{.confusion = std::move(confusion)};
  std::uint64_t right = 0;
  Mean all;
  Mean frequent;
  Mean precision;
  Mean recall;
  Mean weighted_f1;
  for (std::size_t i = 0; i < occurs.size(); ++i) {
    const std::uint64_t hits = scores.confusion.count(i, i);
    const LabelScores label = label_scores(scores.confusion.labels()[i], hits, occurs[i]);
    right += hits;
    scores.lines += label.support;
    if (occurs[i].gold + occurs[i].predicted > 0) all.add(label.f1, 1);
    if (label.support >= Scores::kFrequentLines) frequent.add(label.f1, 1);
    const auto weight = static_cast<double>(label.support);
    precision.add(label.precision, weight);
    recall.add(label.recall, weight);
    weighted_f1.add(label.f1, weight);
    scores.per_label.push_back(label);
  }
  scores.accuracy = ratio(static_cast<double>(right), static_cast<double>(scores.lines));
  scores.macro_f1 = all.value();
  if (frequent.weights > 0) scores.macro_f1_frequent = frequent.value();
  scores.weighted_precision = precision.value();
  scores.weighted_recall = recall.value();
  scores.weighted_f1 = weighted_f1.value();
  return scores;
}

Scores score(std::span<const std::uint32_t> gold, std::span<const std::uint32_t> predicted,
             std::vector<std::string> labels) {
  if (gold.size() != predicted.size()) {
    fail(ErrorKind::kInternal, "{} predictions for {} gold lines, expected one each",
         predicted.size(), gold.size());
  }
  ConfusionMatrix confusion(std::move(labels));
  for (std::size_t line = 0; line < gold.size(); ++line) confusion.add(gold[line], predicted[line]);
  return score(std::move(confusion));
}

}  // namespace skol
