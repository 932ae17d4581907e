// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "windows/sliding_window.h"

namespace skol {

// From the probabilities of a document's windows to one row for every line: the mean over the
// windows that cover it, in float32, summed in window order and then divided, so that the bits do
// not depend on how windows were batched. Holds lines x classes floats; windows come one at a time.
// For one thread.
class OverlapMerge {
 public:
  OverlapMerge(std::size_t lines, std::size_t num_classes);

  // The next window, which begins no earlier than the last; probabilities[length][num_classes].
  void add(const Window& window, std::span<const float> probabilities);

  // The means, [lines][num_classes]; ends the merge. Throws Error kInternal where no window covered
  // a line.
  std::vector<float> finish() &&;

 private:
  std::size_t num_classes_;
  std::size_t last_begin_ = 0;
  std::vector<float> sums_;             // [lines][num_classes]
  std::vector<std::uint32_t> windows_;  // [lines], those that cover the line
};

}  // namespace skol
