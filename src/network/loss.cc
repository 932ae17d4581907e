// SPDX-License-Identifier: Apache-2.0
#include "network/loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace skol {
namespace {

struct SoftCounts {
  double true_positive = 0, false_positive = 0, false_negative = 0;
  double numerator() const { return 2 * true_positive; }
  double denominator() const { return 2 * true_positive + false_positive + false_negative + 1e-7; }
};

double cross_entropy(const LossOptions& options, std::span<const float> probabilities,
                     std::span<const std::int32_t> labels, std::size_t num_classes,
                     std::size_t stride, std::span<float> gradient) {
  const auto labelled = static_cast<double>(
      std::count_if(labels.begin(), labels.end(), [](std::int32_t y) { return y >= 0; }));
  double loss = 0;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    if (labels[r] < 0) continue;
    const auto label = static_cast<std::size_t>(labels[r]);
    const double weight = options.class_weights.empty() ? 1.0 : options.class_weights[label];
    const float* p = &probabilities[r * stride];
    loss -= weight * std::log(std::max(p[label], std::numeric_limits<float>::min()));
    for (std::size_t c = 0; c < num_classes; ++c) {
      const float target = c == label ? 1.0f : 0.0f;
      gradient[r * stride + c] = static_cast<float>(weight / labelled) * (p[c] - target);
    }
  }
  return labelled == 0 ? 0.0 : loss / labelled;
}

double soft_f1(const LossOptions& options, std::span<const float> probabilities,
               std::span<const std::int32_t> labels, std::size_t num_classes, std::size_t stride,
               std::span<float> gradient) {
  const auto classes = static_cast<double>(options.focal_classes.size());
  double loss = 1.0;
  // By p[c] of a row labelled c, and of any other labelled row; 0 for classes not in focus.
  std::vector<double> slope_own(num_classes, 0.0), slope_other(num_classes, 0.0);
  for (const std::int32_t focal : options.focal_classes) {
    const auto c = static_cast<std::size_t>(focal);
    SoftCounts counts;
    for (std::size_t r = 0; r < labels.size(); ++r) {
      const double p = probabilities[r * stride + c];
      if (labels[r] == focal) {
        counts.true_positive += p;
        counts.false_negative += 1 - p;
      } else if (labels[r] >= 0) {
        counts.false_positive += p;
      }
    }
    const double n = counts.numerator(), d = counts.denominator();
    loss -= n / d / classes;
    slope_own[c] = -(2 * d - n) / (d * d) / classes;
    slope_other[c] = n / (d * d) / classes;
  }
  for (std::size_t r = 0; r < labels.size(); ++r) {
    if (labels[r] < 0) continue;
    const float* p = &probabilities[r * stride];
    const auto label = static_cast<std::size_t>(labels[r]);
    const auto slope = [&](std::size_t c) { return c == label ? slope_own[c] : slope_other[c]; };
    double mean = 0;  // softmax: dz[c] = p[c] (slope[c] - sum of p slope)
    for (std::size_t c = 0; c < num_classes; ++c) mean += p[c] * slope(c);
    for (std::size_t c = 0; c < num_classes; ++c) {
      gradient[r * stride + c] = static_cast<float>(p[c] * (slope(c) - mean));
    }
  }
  return loss;
}

}  // namespace

double loss_gradient(const LossOptions& options, std::span<const float> probabilities,
                     std::span<const std::int32_t> labels, std::size_t num_classes,
                     std::size_t stride, std::span<float> gradient) {
  std::fill(gradient.begin(), gradient.end(), 0.0f);
  const auto loss = options.focal_classes.empty() ? cross_entropy : soft_f1;
  return loss(options, probabilities, labels, num_classes, stride, gradient);
}

}  // namespace skol
