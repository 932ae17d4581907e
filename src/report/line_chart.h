// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/svg_chart.h"

namespace skol {

struct ChartPoint {
  double x = 0, y = 0;  // finite, not negative; x at least 1 on a logarithmic axis
  std::string title;
};

enum class Mark { kLine, kPoints, kPointsOnLine };

struct Series {
  std::string name;  // in the legend
  std::string style;
  Mark mark = Mark::kLine;
  std::vector<ChartPoint> points;  // lines join them in this order
};

// A horizontal line. One far above all points is left out and only named, or it would press them
// to the ground.
struct Limit {
  std::string name;
  std::string style;
  double y = 0;
};

// A vertical line, with a short label above it.
struct Choice {
  std::string name;  // in the legend
  std::string label;
  double x = 0;
};

struct LineChart {
  std::string title;
  std::string description;
  Axis x, y;  // from 0, but for a logarithmic x
  bool logarithmic_x = false;
  std::vector<Series> series;
  std::vector<Limit> limits;
  std::optional<Choice> choice;
};

// The chart as SVG of this width. Points that would lie over each other are drawn once, so that its
// size follows the picture and not the number of points.
std::string line_chart_svg(const LineChart& chart, double width);

}  // namespace skol
