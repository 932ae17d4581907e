// SPDX-License-Identifier: Apache-2.0
#include "windows/overlap_merge.h"

#include <limits>
#include <utility>

#include "base/fail.h"

namespace skol {
namespace {

std::size_t product(std::size_t lines, std::size_t num_classes) {
  if (num_classes == 0) fail(ErrorKind::kInternal, "0 classes to merge, expected at least 1");
  if (lines > std::numeric_limits<std::size_t>::max() / sizeof(float) / num_classes) {
    fail(ErrorKind::kMemory, "{} lines of {} classes exceed the address space: split the document",
         lines, num_classes);
  }
  return lines * num_classes;
}

}  // namespace

OverlapMerge::OverlapMerge(std::size_t lines, std::size_t num_classes)
    : num_classes_(num_classes), sums_(product(lines, num_classes)), windows_(lines) {}

void OverlapMerge::add(const Window& window, std::span<const float> probabilities) {
  const std::size_t lines = windows_.size();
  if (window.length > lines || window.begin > lines - window.length) {
    fail(ErrorKind::kInternal, "window of {} lines from line {}, expected within {} lines",
         window.length, window.begin, lines);
  }
  if (window.begin < last_begin_) {
    fail(ErrorKind::kInternal, "window from line {} after one from line {}, expected in order",
         window.begin, last_begin_);
  }
  if (probabilities.size() != window.length * num_classes_) {
    fail(ErrorKind::kInternal, "{} probabilities for a window of {} lines, expected {} a line",
         probabilities.size(), window.length, num_classes_);
  }
  last_begin_ = window.begin;
  float* const sums = sums_.data() + window.begin * num_classes_;
  for (std::size_t i = 0; i < probabilities.size(); ++i) sums[i] += probabilities[i];
  for (std::size_t i = 0; i < window.length; ++i) ++windows_[window.begin + i];
}

std::vector<float> OverlapMerge::finish() && {
  float* row = sums_.data();
  for (std::size_t line = 0; line < windows_.size(); ++line) {
    if (windows_[line] == 0) {
      fail(ErrorKind::kInternal, "line {} of {} is in no window, expected every line in one", line,
           windows_.size());
    }
    const auto divisor = static_cast<float>(windows_[line]);
    for (std::size_t i = 0; i < num_classes_; ++i) *row++ /= divisor;
  }
  return std::move(sums_);
}

}  // namespace skol
