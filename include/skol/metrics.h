// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skol {

// How often each gold label was predicted as each label. For one thread while it grows.
class ConfusionMatrix {
 public:
  // Holds labels x labels counts; throws Error kParameter for no label or more than 2048.
  explicit ConfusionMatrix(std::vector<std::string> labels);

  // One more line, by indices in labels(). Throws Error kInternal for other indices.
  void add(std::size_t gold, std::size_t predicted);

  const std::vector<std::string>& labels() const { return labels_; }
  // Lines with this gold label that got this predicted one.
  std::uint64_t count(std::size_t gold, std::size_t predicted) const {
    return counts_[gold * labels_.size() + predicted];
  }

 private:
  std::vector<std::string> labels_;
  std::vector<std::uint64_t> counts_;  // [gold][predicted]
};

// What one label scored; a ratio without a denominator is 0.
struct LabelScores {
  std::string label;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  std::uint64_t support = 0;  // gold lines
  // Mean of -ln(probability of the label) over its gold lines; none where nothing said how
  // probable.
  std::optional<double> loss = std::nullopt;
};

// The definitions are scikit-learn's with zero_division=0. Weighted means are weighted by support.
struct Scores {
  std::uint64_t lines = 0;
  double accuracy = 0;
  double macro_f1 = 0;  // over the labels that occur in gold or predictions
  // Over the labels with at least kFrequentLines gold lines; none where there is no such label.
  std::optional<double> macro_f1_frequent = std::nullopt;
  double weighted_precision = 0;
  double weighted_recall = 0;
  double weighted_f1 = 0;
  std::optional<double> loss = std::nullopt;  // as in LabelScores, over all lines
  // How far what the model says of its own certainty is from what came true (Reliability); none
  // where nothing said how probable.
  std::optional<double> expected_calibration_error = std::nullopt;
  std::vector<LabelScores> per_label = {};  // every label of the matrix, in its order
  ConfusionMatrix confusion;

  static constexpr std::uint64_t kFrequentLines = 100;
};

Scores score(ConfusionMatrix confusion);

// From one index in `labels` a line, as many of gold as of predicted.
Scores score(std::span<const std::uint32_t> gold, std::span<const std::uint32_t> predicted,
             std::vector<std::string> labels);

}  // namespace skol
