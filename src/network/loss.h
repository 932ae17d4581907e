// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skol {

// The label of a line that counts in no loss and no score.
inline constexpr std::int32_t kNoLabelRow = -1;

struct LossOptions {
  // Weight of each class in the cross-entropy; empty: all 1.
  std::vector<float> class_weights;
  // Classes whose mean soft-F1 is maximised instead of the cross-entropy; empty: cross-entropy.
  std::vector<std::int32_t> focal_classes;
};

// Loss of softmax rows and its gradient with respect to their logits.
// probabilities, gradient: [labels.size()][stride], the first num_classes of a row are used, all of
// gradient is written. Rows are summed in their order, in double.
//   cross-entropy: sum of weight[label] * -log p[label] / number of labelled rows
//   soft-F1: 1 - mean over focal classes of 2 TP / (2 TP + FP + FN + 1e-7), where TP is the sum of
//   p[c] over rows labelled c, FP over the other labelled rows, FN the sum of 1 - p[c] over rows
//   labelled c.
double loss_gradient(const LossOptions& options, std::span<const float> probabilities,
                     std::span<const std::int32_t> labels, std::size_t num_classes,
                     std::size_t stride, std::span<float> gradient);

}  // namespace skol
