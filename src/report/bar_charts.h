// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "report/svg_chart.h"

namespace skol {

// Bars that lie, each of parts one after the other, against limits they should not pass.
struct BarPart {
  std::string style;
  double amount = 0;
  std::string title;
};

struct Bar {
  std::string name;
  std::string text;     // what it comes to, in words
  std::string verdict;  // safe, tight or too_large: the style of the text; empty: none
  bool emphasised = false;
  std::vector<BarPart> parts;
};

struct BarLimit {
  std::string name;
  std::string style;
  double value = 0;
};

struct StackedBars {
  std::string title;
  std::string description;
  Axis x;
  std::vector<Bar> bars;
  std::vector<BarLimit> limits;
  std::vector<LegendItem> legend;  // of the parts; that of the limits follows it
};

// A bar that is longer than twice the largest limit is cut there, with a mark at its end: otherwise
// it would press the others together.
std::string stacked_bars_svg(const StackedBars& chart, double width);

// How often whole numbers occurred, as upright bars; neighbours share a bar where there are many.
struct Histogram {
  std::string title;
  std::string description;
  std::string x, y;                          // titles of the axes
  std::string noun;                          // of what is counted: "call"
  std::map<std::size_t, std::size_t> times;  // by number
};

std::string histogram_svg(const Histogram& chart, double width);

}  // namespace skol
