// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/axis_scale.h"

namespace skol {

// What the charts of reports are drawn with: SVG without scripts, whose colours are classes of the
// page's style sheet. Lengths are CSS pixels, y grows downwards. Every text is escaped here.

// Of all texts of a chart; the style sheet has the same.
inline constexpr double kChartFont = 12;
inline constexpr double kChartLine = 17;  // from one line of text to the next

struct Place {
  double x, y;
};

enum class Anchor { kStart, kMiddle, kEnd };

class SvgDrawing {
 public:
  // `title` is shown while the pointer rests on the shape.
  void rectangle(Place corner, double width, double height, std::string_view style,
                 std::string_view title = {});
  void line(Place from, Place to, std::string_view style);
  void polyline(std::span<const Place> places, std::string_view style);
  void circle(Place centre, double radius, std::string_view style, std::string_view title = {});
  void text(Place baseline, std::string_view text, std::string_view style = "label",
            Anchor anchor = Anchor::kStart);

  // The whole element; `title` and `description` are for those who do not see it.
  std::string finish(double width, double height, std::string_view title,
                     std::string_view description) &&;

 private:
  std::string shapes_;
};

enum class Swatch { kBox, kLine, kPoint };

struct LegendItem {
  Swatch swatch;
  std::string style;
  std::string name;
};

// Draws the legend from y = 0 in rows of at most `width` and returns its height.
double draw_legend(SvgDrawing& drawing, const std::vector<LegendItem>& items, double width);

// What an axis shows.
struct Axis {
  std::string title;
  Unit unit = Unit::kNumber;
};

// Where values are drawn.
struct Plot {
  double left = 0, top = 0, width = 0, height = 0;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

// The scale that `make` gives for the most intervals, at most `intervals`, of which the labels keep
// apart over `width`; with one interval in any case.
AxisScale scale_that_fits(double width, std::size_t intervals,
                          const std::function<AxisScale(std::size_t)>& make);

double widest_label(const AxisScale& scale);

// Grid, labels and title of an axis at the bottom of a plot, in kAxisHeight below it.
inline constexpr double kAxisHeight = 2 * kChartLine + 4;
void draw_x_axis(SvgDrawing& drawing, const Plot& plot, const AxisScale& scale,
                 std::string_view title);

// Grid and labels left of a plot; the title is the chart's business.
void draw_y_axis(SvgDrawing& drawing, const Plot& plot, const AxisScale& scale);

}  // namespace skol
