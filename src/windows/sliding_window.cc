// SPDX-License-Identifier: Apache-2.0
#include "windows/sliding_window.h"

#include <algorithm>

#include "base/fail.h"

namespace skol {
namespace {

void check(std::size_t window_size, std::size_t stride) {
  if (window_size == 0) {
    fail(ErrorKind::kParameter, "window_size 0, expected at least 1 line: give a larger one");
  }
  if (stride == 0 || stride > window_size) {
    fail(ErrorKind::kParameter,
         "stride {}, expected 1 to the window_size of {} lines, so that every line is covered: "
         "change one of them",
         stride, window_size);
  }
}

std::size_t ceil_div(std::size_t dividend, std::size_t divisor) {
  return dividend / divisor + (dividend % divisor != 0 ? 1 : 0);
}

}  // namespace

std::size_t window_count(std::size_t lines, std::size_t window_size, std::size_t stride,
                         WindowRule rule) {
  check(window_size, stride);
  if (lines == 0) return 0;
  if (lines <= window_size) return 1;
  if (rule == WindowRule::kEveryStride) return ceil_div(lines, stride);
  return ceil_div(lines - window_size, stride) + 1;
}

std::vector<Window> sliding_windows(std::size_t lines, std::size_t window_size, std::size_t stride,
                                    WindowRule rule) {
  std::vector<Window> windows(window_count(lines, window_size, stride, rule));
  std::size_t begin = 0;
  for (Window& window : windows) {
    window = {begin, std::min(window_size, lines - begin)};
    begin += stride;
  }
  return windows;
}

}  // namespace skol
