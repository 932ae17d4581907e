// SPDX-License-Identifier: Apache-2.0
#include "base/memory_line.h"

#include <algorithm>
#include <cmath>

#include "base/fail.h"
#include "base/sizes.h"

namespace skol {
namespace {

struct Fit {
  double base, window;
};

Fit least_squares(std::span<const MemoryPoint> points) {
  const auto count = static_cast<double>(points.size());
  double mean_x = 0, mean_y = 0;
  for (const MemoryPoint& point : points) {
    mean_x += static_cast<double>(point.batch_size) / count;
    mean_y += static_cast<double>(point.bytes) / count;
  }
  double xx = 0, xy = 0;
  for (const MemoryPoint& point : points) {
    const double x = static_cast<double>(point.batch_size) - mean_x;
    xx += x * x;
    xy += x * (static_cast<double>(point.bytes) - mean_y);
  }
  return {mean_y - xy / xx * mean_x, xy / xx};
}

Fit through_origin(std::span<const MemoryPoint> points) {
  double xx = 0, xy = 0;
  for (const MemoryPoint& point : points) {
    const auto x = static_cast<double>(point.batch_size);
    xx += x * x;
    xy += x * static_cast<double>(point.bytes);
  }
  return {0, xy / xx};
}

void check_two_sizes(std::span<const MemoryPoint> points) {
  const bool two = std::any_of(points.begin(), points.end(), [&](const MemoryPoint& point) {
    return point.batch_size != points.front().batch_size;
  });
  if (!two) {
    fail(ErrorKind::kParameter,
         "points have {} batch size: expected at least two, for a line takes two points",
         points.empty() ? "no" : "one");
  }
}

}  // namespace

std::uint64_t MemoryLine::bytes(std::size_t batch_size) const {
  const double windows = static_cast<double>(batch_size) * static_cast<double>(window_bytes);
  if (windows + static_cast<double>(base_bytes) > static_cast<double>(kMostBytes)) {
    fail(ErrorKind::kParameter,
         "window_memory is {}: {} windows would take more than 8 PiB; expected what one window "
         "takes",
         window_bytes, batch_size);
  }
  return base_bytes + batch_size * window_bytes;
}

double relative_error(const MemoryLine& line, const MemoryPoint& point) {
  const auto measured = static_cast<double>(point.bytes);
  return std::abs(static_cast<double>(line.bytes(point.batch_size)) - measured) / measured;
}

bool grows_with_batch_size(std::span<const MemoryPoint> points) {
  return least_squares(points).window >= 1;
}

MemoryLine fit_memory_line(std::span<const MemoryPoint> points) {
  check_two_sizes(points);
  if (!grows_with_batch_size(points)) {
    fail(ErrorKind::kParameter,
         "points do not grow with the batch size: expected more bytes for more windows; measure "
         "again, or give base_memory and window_memory");
  }
  Fit fit = least_squares(points);
  if (fit.base < 0) fit = through_origin(points);
  MemoryLine line{static_cast<std::uint64_t>(std::llround(fit.base)),
                  static_cast<std::uint64_t>(std::llround(fit.window))};
  for (const MemoryPoint& point : points) {
    line.fit_error = std::max(line.fit_error, relative_error(line, point));
  }
  return line;
}

}  // namespace skol
