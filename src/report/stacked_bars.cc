// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "report/bar_charts.h"
#include "report/markup.h"

namespace skol {
namespace {

// Times the largest limit: the length of the longest bar that is drawn whole.
constexpr double kLongest = 2;
constexpr double kBarHeight = 18, kGap = 10;
// Narrower drawings have the words above each bar instead of beside it.
constexpr double kLeastWidthBeside = 560;
// In pixels; what is narrower cannot be told from the line between two parts.
constexpr double kLeastPart = 2;

double total(const Bar& bar) {
  double sum = 0;
  for (const BarPart& part : bar.parts) sum += part.amount;
  return sum;
}

double end_of_axis(const StackedBars& chart) {
  double longest = 0, limit = 0;
  for (const Bar& bar : chart.bars) longest = std::max(longest, total(bar));
  for (const BarLimit& one : chart.limits) limit = std::max(limit, one.value);
  return limit > 0 ? std::clamp(longest, limit, kLongest * limit) : longest;
}

class Picture {
 public:
  Picture(const StackedBars& chart, double width)
      : chart_(chart), width_(width), beside_(width >= kLeastWidthBeside) {
    double names = 0, texts = 0;
    for (const Bar& bar : chart.bars) {
      names = std::max(names, text_width(bar.name, kChartFont));
      texts = std::max(texts, text_width(bar.text, kChartFont));
    }
    // Bold is wider, by less than this.
    constexpr double kBold = 1.12;
    if (beside_) {
      plot_.left = std::min(names * kBold, width / 5) + 10;
      plot_.width = width - plot_.left - std::min(texts * kBold, width / 3) - 12;
    } else {
      plot_.left = 1;
      plot_.width = width - 2;
    }
    const double end = end_of_axis(chart);
    const auto scale = [&](std::size_t intervals) {
      return linear_scale(end, chart.x.unit, intervals);
    };
    // The first and the last label stand in the middle below the ends of the axis.
    const double first = text_width("0", kChartFont) / 2;
    plot_.left = std::max(plot_.left, first);
    x_ = scale_that_fits(plot_.width, 8, scale);
    if (!beside_) {
      plot_.width = width - plot_.left - text_width(x_.ticks.back().label, kChartFont) / 2;
    }
    x_ = scale_that_fits(plot_.width, 8, scale);
    row_ = kBarHeight + kGap + (beside_ ? 0 : kChartLine);
  }

  std::string draw() && {
    plot_.top = draw_legend(drawing_, legend(), width_) + kGap;
    plot_.height = row_ * static_cast<double>(chart_.bars.size()) + kGap / 2;
    draw_x_axis(drawing_, plot_, x_, chart_.x.title);
    double y = plot_.top + kGap / 2;
    for (const Bar& bar : chart_.bars) {
      draw_words(bar, y);
      draw_bar(bar, y + (beside_ ? 0 : kChartLine));
      y += row_;
    }
    return std::move(drawing_).finish(width_, plot_.bottom() + kAxisHeight, chart_.title,
                                      chart_.description);
  }

 private:
  std::vector<LegendItem> legend() const {
    std::vector<LegendItem> items = chart_.legend;
    for (const BarLimit& limit : chart_.limits) {
      items.push_back({Swatch::kLine, limit.style, limit.name});
    }
    return items;
  }

  void draw_bar(const Bar& bar, double y) {
    double begin = 0;
    for (const BarPart& part : bar.parts) {
      const double from = x_.at(begin) * plot_.width;
      begin += part.amount;
      const double size = x_.at(begin) * plot_.width - from;
      if (size <= 0) continue;
      const std::string style = size < kLeastPart ? part.style + " thin" : part.style;
      drawing_.rectangle({plot_.left + from, y}, size, kBarHeight, style, part.title);
    }
    if (begin > x_.high * (1 + 1e-9)) draw_cut(y);
    // At the bar alone, not through the words between bars.
    for (const BarLimit& limit : chart_.limits) {
      const double x = plot_.left + x_.at(limit.value) * plot_.width;
      const double above = beside_ ? kGap / 2 : 1;
      drawing_.line({x, y - above}, {x, y + kBarHeight + kGap / 2}, limit.style);
    }
  }

  // Two slanting gaps near the end of a bar that goes on.
  void draw_cut(double y) {
    for (const double x : {plot_.right() - 14, plot_.right() - 8}) {
      drawing_.line({x + 4, y - 2}, {x - 4, y + kBarHeight + 2}, "cut");
    }
  }

  void draw_words(const Bar& bar, double y) {
    const char* const style = bar.emphasised ? "strong" : "label";
    const std::string verdict = bar.verdict.empty() ? style : bar.verdict + " " + style;
    const double half = beside_ ? (kBarHeight + kChartFont) / 2 - 2 : kChartFont;
    if (beside_) {
      drawing_.text({plot_.left - 10, y + half}, fitted(bar.name, plot_.left - 10, kChartFont),
                    style, Anchor::kEnd);
      const double room = width_ - plot_.right() - 12;
      drawing_.text({plot_.right() + 12, y + half}, fitted(bar.text, room, kChartFont), verdict);
      return;
    }
    const std::string text = fitted(bar.text, width_ * 0.75, kChartFont);
    const double taken = text_width(text, kChartFont) + kGap;
    drawing_.text({0, y + half}, fitted(bar.name, width_ - taken, kChartFont), style);
    drawing_.text({width_, y + half}, text, verdict, Anchor::kEnd);
  }

  const StackedBars& chart_;
  double width_;
  bool beside_;
  double row_ = 0;
  SvgDrawing drawing_;
  Plot plot_;
  AxisScale x_;
};

}  // namespace

std::string stacked_bars_svg(const StackedBars& chart, double width) {
  return Picture(chart, width).draw();
}

}  // namespace skol
