// SPDX-License-Identifier: Apache-2.0
#include "report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "report/markup.h"

namespace skol {
namespace {

// Times the highest point: a limit above that is not in the picture.
constexpr double kHighestLimit = 2.5;
// In pixels, the second where points are many. A point hides another that is nearer than kCell.
constexpr double kRadius = 4, kSmallRadius = 2.5, kCell = 3;
constexpr std::size_t kMany = 60;
// Pixels that an interval of an axis takes at least.
constexpr double kLeastIntervalX = 60, kLeastIntervalY = 45;

struct Extent {
  double least_x = 0, most_x = 0, most_y = 0;
  bool empty = true;

  void add(double x, double y) {
    least_x = empty ? x : std::min(least_x, x);
    most_x = std::max(most_x, x);
    most_y = std::max(most_y, y);
    empty = false;
  }
};

Extent extent_of(const LineChart& chart) {
  Extent extent;
  for (const Series& series : chart.series) {
    for (const ChartPoint& point : series.points) extent.add(point.x, point.y);
  }
  if (chart.choice) extent.add(chart.choice->x, 0);
  const double highest = extent.most_y * kHighestLimit;
  for (const Limit& limit : chart.limits) {
    if (limit.y <= highest) extent.most_y = std::max(extent.most_y, limit.y);
  }
  return extent;
}

std::size_t intervals_in(double pixels, double least) {
  return static_cast<std::size_t>(std::max(1.0, pixels / least));
}

// Of neighbours in one column of pixels the first, the lowest, the highest and the last: the same
// line to look at.
std::vector<Place> thinned(const std::vector<Place>& places) {
  std::vector<Place> out;
  for (std::size_t begin = 0, end = 0; begin < places.size(); begin = end) {
    const auto first = places.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = std::find_if(first, places.end(), [&](const Place& place) {
      return std::floor(place.x) != std::floor(first->x);
    });
    end = static_cast<std::size_t>(last - places.begin());
    if (end - begin <= 4) {
      out.insert(out.end(), first, last);
      continue;
    }
    const auto [low, high] =
        std::minmax_element(first, last, [](const Place& a, const Place& b) { return a.y < b.y; });
    out.insert(out.end(), {*first, *low, *high, *(last - 1)});
  }
  return out;
}

class Picture {
 public:
  Picture(const LineChart& chart, double width) : chart_(chart), width_(width) {
    const Extent extent = extent_of(chart);
    const double height = std::clamp(width * 0.4, 190.0, 320.0);
    y_ = linear_scale(extent.most_y, chart.y.unit, intervals_in(height, kLeastIntervalY));
    plot_.left = widest_label(y_) + 10;
    plot_.width = width - plot_.left - kRadius;
    plot_.height = height;
    x_ = x_scale(extent);
    // The last label stands in the middle below the end of the axis.
    plot_.width =
        width - plot_.left - std::max(kRadius, text_width(x_.ticks.back().label, kChartFont) / 2);
    x_ = x_scale(extent);
  }

  std::string draw() && {
    plot_.top = draw_legend(drawing_, legend(), width_) + kChartLine;
    drawing_.text({0, plot_.top}, fitted(chart_.y.title, width_, kChartFont));
    plot_.top += (chart_.choice ? 2 : 1) * kChartLine - 4;
    draw_y_axis(drawing_, plot_, y_);
    draw_x_axis(drawing_, plot_, x_, chart_.x.title);
    draw_limits();
    draw_choice();
    for (const Series& series : chart_.series) draw_series(series);
    return std::move(drawing_).finish(width_, plot_.bottom() + kAxisHeight, chart_.title,
                                      chart_.description);
  }

 private:
  AxisScale x_scale(const Extent& extent) const {
    return scale_that_fits(
        plot_.width, intervals_in(plot_.width, kLeastIntervalX), [&](std::size_t intervals) {
          return chart_.logarithmic_x ? log_scale(extent.least_x, extent.most_x, intervals)
                                      : linear_scale(extent.most_x, chart_.x.unit, intervals);
        });
  }

  bool is_in_picture(const Limit& limit) const { return limit.y <= y_.high; }

  std::vector<LegendItem> legend() const {
    std::vector<LegendItem> items;
    for (const Series& series : chart_.series) {
      if (series.points.empty()) continue;
      const bool points = series.mark == Mark::kPoints;
      items.push_back({points ? Swatch::kPoint : Swatch::kLine,
                       points ? series.style + " point" : series.style, series.name});
    }
    for (const Limit& limit : chart_.limits) {
      items.push_back({Swatch::kLine, limit.style,
                       is_in_picture(limit) ? limit.name : limit.name + ", above the picture"});
    }
    if (chart_.choice) items.push_back({Swatch::kLine, "choice", chart_.choice->name});
    return items;
  }

  Place place(double x, double y) const {
    return {plot_.left + x_.at(x) * plot_.width, plot_.bottom() - y_.at(y) * plot_.height};
  }

  void draw_limits() {
    for (const Limit& limit : chart_.limits) {
      if (!is_in_picture(limit)) continue;
      const double y = place(x_.low, limit.y).y;
      drawing_.line({plot_.left, y}, {plot_.right(), y}, limit.style);
    }
  }

  void draw_choice() {
    if (!chart_.choice) return;
    const double x = place(chart_.choice->x, 0).x;
    drawing_.line({x, plot_.top}, {x, plot_.bottom()}, "choice");
    const std::string label = fitted(chart_.choice->label, plot_.width, kChartFont);
    const double half = text_width(label, kChartFont) / 2;
    const double middle = std::clamp(x, half, std::max(half, width_ - half));
    drawing_.text({middle, plot_.top - 5}, label, "strong", Anchor::kMiddle);
  }

  void draw_series(const Series& series) {
    if (series.mark != Mark::kPoints) draw_line(series);
    if (series.mark != Mark::kLine) draw_points(series);
  }

  void draw_line(const Series& series) {
    std::vector<Place> places;
    for (const ChartPoint& point : series.points) places.push_back(place(point.x, point.y));
    if (places.size() > 1) drawing_.polyline(thinned(places), series.style);
  }

  void draw_points(const Series& series) {
    std::set<std::pair<int, int>> taken;
    const std::string style = series.style + " point";
    const double radius = series.points.size() > kMany ? kSmallRadius : kRadius;
    for (const ChartPoint& point : series.points) {
      const Place here = place(point.x, point.y);
      const std::pair cell(static_cast<int>(here.x / kCell), static_cast<int>(here.y / kCell));
      if (taken.insert(cell).second) drawing_.circle(here, radius, style, point.title);
    }
  }

  const LineChart& chart_;
  double width_;
  SvgDrawing drawing_;
  Plot plot_;
  AxisScale x_, y_;
};

}  // namespace

std::string line_chart_svg(const LineChart& chart, double width) {
  return Picture(chart, width).draw();
}

}  // namespace skol
