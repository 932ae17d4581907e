// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace skol {

// What a process takes of a memory when it predicts `batch_size` windows a call, as measured.
struct MemoryPoint {
  std::size_t batch_size = 0;
  std::uint64_t bytes = 0;
};

// The model of that memory: base + batch size x window. Whole bytes, so that every figure made from
// it can be computed again from the two that are reported.
struct MemoryLine {
  std::uint64_t base_bytes = 0;
  std::uint64_t window_bytes = 0;
  double fit_error = 0;  // the largest relative_error() of the points it was fitted to

  // Error kParameter where the product is beyond kMostBytes.
  std::uint64_t bytes(std::size_t batch_size) const;
};

// How far the line is from a point, as a share of what was measured.
double relative_error(const MemoryLine& line, const MemoryPoint& point);

// Whether points, of two batch sizes or more, have more bytes for more windows by their slope of
// least squares, at least one a window.
bool grows_with_batch_size(std::span<const MemoryPoint> points);

// Least squares; through the origin where the base would be negative. Error kParameter for points
// of fewer than two batch sizes, and for those that do not grow.
MemoryLine fit_memory_line(std::span<const MemoryPoint> points);

}  // namespace skol
