// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "report/svg_chart.h"

namespace skol {

// Something that took time from `begin` to `end`, in seconds, and worked for `busy` of them.
struct Span {
  std::string name;
  double begin = 0, end = 0, busy = 0;
  std::string title;
};

struct Timeline {
  std::string title;
  std::string description;
  std::string x;           // title of the axis
  std::string busy, idle;  // what the two parts of a bar are, for the legend
  std::vector<Span> spans;
};

// A row a span, in the order of their beginnings; of more than kMostRows several share a row, each
// after the other, in as few rows as there were spans at a time. Then what they did within their
// time is not shown: it would be smaller than a pixel.
inline constexpr std::size_t kMostRows = 40;
std::string timeline_svg(const Timeline& chart, double width);

}  // namespace skol
