// SPDX-License-Identifier: Apache-2.0
#include "report/memory_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"

namespace skol {
namespace {

double bytes_at(const MemoryLine& line, double batch_size) {
  return static_cast<double>(line.base_bytes) + batch_size * static_cast<double>(line.window_bytes);
}

std::string point_text(const MemoryLine& line, const MemoryPoint& point, SizeUnits units) {
  return fmt::format("{}: {} measured, the line has {}", counted(point.batch_size, "window"),
                     size_text(point.bytes, units),
                     size_text(line_bytes(line, point.batch_size), units));
}

}  // namespace

std::uint64_t line_bytes(const MemoryLine& line, std::size_t batch_size) {
  const double bytes = bytes_at(line, static_cast<double>(batch_size));
  return static_cast<std::uint64_t>(std::min(bytes, static_cast<double>(kMostBytes)));
}

std::string line_text(const MemoryLine& line, SizeUnits units) {
  if (line.window_bytes == 0) {
    return fmt::format("{} whatever the batch size", size_text(line.base_bytes, units));
  }
  return fmt::format("{} and {} more for each window of a batch", size_text(line.base_bytes, units),
                     size_text(line.window_bytes, units));
}

LineChart memory_chart(const MemoryLine& line, const std::vector<MemoryPoint>& points,
                       double most_x, SizeUnits units) {
  LineChart chart;
  chart.x = {"batch size (windows a call)", Unit::kCount};
  chart.y = {"memory of a process", unit_of(units)};
  Series formula{"base + batch size x window", "memory", Mark::kLine, {}};
  // To where a wide chart's axis ends.
  const double end = linear_scale(most_x, Unit::kCount, 10).high;
  for (const double x : {0.0, end}) formula.points.push_back({x, bytes_at(line, x), {}});
  Series measured{"measured", "measured", Mark::kPoints, {}};
  for (const MemoryPoint& point : points) {
    measured.points.push_back({static_cast<double>(point.batch_size),
                               static_cast<double>(point.bytes), point_text(line, point, units)});
  }
  // The line on top: thousands of points would hide it.
  chart.series = {std::move(measured), std::move(formula)};
  return chart;
}

}  // namespace skol
