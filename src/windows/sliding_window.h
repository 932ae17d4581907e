// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace skol {

// Lines begin .. begin + length of a document.
struct Window {
  std::size_t begin;
  std::size_t length;

  bool operator==(const Window&) const = default;
};

// Which windows a document longer than one window has; they start at every multiple of the stride.
enum class WindowRule {
  kStopAtEnd,   // up to the first that reaches the end: ceil((lines - window_size) / stride) + 1
  kEveryStride  // as long as the start is a line: ceil(lines / stride)
};

// The number of windows over `lines` lines: none for none, one where they fit into a window. Throws
// Error kParameter unless 1 <= stride <= window_size, which is what covers every line.
std::size_t window_count(std::size_t lines, std::size_t window_size, std::size_t stride,
                         WindowRule rule = WindowRule::kStopAtEnd);

// These windows in order of their start, cut at the end of the document. Every line is in one.
std::vector<Window> sliding_windows(std::size_t lines, std::size_t window_size, std::size_t stride,
                                    WindowRule rule = WindowRule::kStopAtEnd);

}  // namespace skol
