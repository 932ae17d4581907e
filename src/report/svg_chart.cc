// SPDX-License-Identifier: Apache-2.0
#include "report/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/markup.h"

namespace skol {
namespace {

// Between two labels of an axis, so that they are read as two.
constexpr double kLabelGap = 10;
constexpr double kSwatchWidth = 18;
constexpr double kLegendGap = 18;

const char* anchor_name(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "start";
}

// The end of an element that may hold a title.
std::string element_end(std::string_view name, std::string_view title) {
  if (title.empty()) return "/>";
  return fmt::format("><title>{}</title></{}>", escaped(title), name);
}

bool labels_keep_apart(const AxisScale& scale, double width) {
  for (std::size_t i = 1; i < scale.ticks.size(); ++i) {
    const Tick &before = scale.ticks[i - 1], &tick = scale.ticks[i];
    const double apart = (scale.at(tick.value) - scale.at(before.value)) * width;
    const double halves =
        (text_width(before.label, kChartFont) + text_width(tick.label, kChartFont)) / 2;
    if (apart < halves + kLabelGap) return false;
  }
  return true;
}

void draw_swatch(SvgDrawing& drawing, const LegendItem& item, Place place) {
  const double middle = place.y - kChartFont / 3;
  switch (item.swatch) {
    case Swatch::kBox:
      drawing.rectangle({place.x, middle - 5}, 12, 10, item.style);
      break;
    case Swatch::kLine:
      drawing.line({place.x, middle}, {place.x + 14, middle}, item.style);
      break;
    case Swatch::kPoint:
      drawing.circle({place.x + 6, middle}, 4, item.style);
      break;
  }
}

}  // namespace

void SvgDrawing::rectangle(Place corner, double width, double height, std::string_view style,
                           std::string_view title) {
  fmt::format_to(std::back_inserter(shapes_),
                 R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"{})",
                 style, corner.x, corner.y, width, height, element_end("rect", title));
}

void SvgDrawing::line(Place from, Place to, std::string_view style) {
  fmt::format_to(std::back_inserter(shapes_),
                 R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", style,
                 from.x, from.y, to.x, to.y);
}

void SvgDrawing::polyline(std::span<const Place> places, std::string_view style) {
  fmt::format_to(std::back_inserter(shapes_), R"(<polyline class="{}" points=")", style);
  for (const Place& place : places) {
    fmt::format_to(std::back_inserter(shapes_), "{:.1f},{:.1f} ", place.x, place.y);
  }
  shapes_ += "\"/>";
}

void SvgDrawing::circle(Place centre, double radius, std::string_view style,
                        std::string_view title) {
  fmt::format_to(std::back_inserter(shapes_),
                 R"(<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"{})", style, centre.x,
                 centre.y, radius, element_end("circle", title));
}

void SvgDrawing::text(Place baseline, std::string_view text, std::string_view style,
                      Anchor anchor) {
  fmt::format_to(std::back_inserter(shapes_),
                 R"(<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", style,
                 baseline.x, baseline.y, anchor_name(anchor), escaped(text));
}

std::string SvgDrawing::finish(double width, double height, std::string_view title,
                               std::string_view description) && {
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {:.0f} {:.0f}">)"
      "<title>{}</title><desc>{}</desc>{}</svg>\n",
      width, height, escaped(title), escaped(description), shapes_);
}

double draw_legend(SvgDrawing& drawing, const std::vector<LegendItem>& items, double width) {
  if (items.empty()) return 0;
  double x = 0, y = kChartFont;
  for (const LegendItem& item : items) {
    const std::string name = fitted(item.name, width - kSwatchWidth, kChartFont);
    const double taken = kSwatchWidth + text_width(name, kChartFont);
    if (x > 0 && x + taken > width) {
      x = 0;
      y += kChartLine;
    }
    draw_swatch(drawing, item, {x, y});
    drawing.text({x + kSwatchWidth, y}, name);
    x += taken + kLegendGap;
  }
  return y + kChartLine / 2;
}

AxisScale scale_that_fits(double width, std::size_t intervals,
                          const std::function<AxisScale(std::size_t)>& make) {
  for (; intervals > 1; --intervals) {
    AxisScale scale = make(intervals);
    if (labels_keep_apart(scale, width)) return scale;
  }
  return make(1);
}

double widest_label(const AxisScale& scale) {
  double widest = 0;
  for (const Tick& tick : scale.ticks) {
    widest = std::max(widest, text_width(tick.label, kChartFont));
  }
  return widest;
}

void draw_x_axis(SvgDrawing& drawing, const Plot& plot, const AxisScale& scale,
                 std::string_view title) {
  for (const Tick& tick : scale.ticks) {
    const double x = plot.left + scale.at(tick.value) * plot.width;
    drawing.line({x, plot.top}, {x, plot.bottom() + 4}, "grid");
    drawing.text({x, plot.bottom() + kChartLine}, tick.label, "label", Anchor::kMiddle);
  }
  drawing.line({plot.left, plot.bottom()}, {plot.right(), plot.bottom()}, "axis");
  const std::string name = fitted(title, plot.width, kChartFont);
  drawing.text({plot.left + plot.width / 2, plot.bottom() + 2 * kChartLine}, name, "label",
               Anchor::kMiddle);
}

void draw_y_axis(SvgDrawing& drawing, const Plot& plot, const AxisScale& scale) {
  for (const Tick& tick : scale.ticks) {
    const double y = plot.bottom() - scale.at(tick.value) * plot.height;
    drawing.line({plot.left, y}, {plot.right(), y}, "grid");
    drawing.text({plot.left - 6, y + kChartFont / 3}, tick.label, "label", Anchor::kEnd);
  }
}

}  // namespace skol
