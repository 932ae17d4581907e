// SPDX-License-Identifier: Apache-2.0
#include "report/timeline_chart.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "report/markup.h"

namespace skol {
namespace {

constexpr double kRowHeight = 18, kHeightOfShared = 420;
// Shares of a row and of the chart.
constexpr double kBarShare = 0.7, kMostNames = 0.35;
// In pixels; thinner spans of a row are drawn as one.
constexpr double kLeastSpan = 1.5;

struct Row {
  std::vector<const Span*> spans;
};

// Each span goes to the row that has been free the longest, or to a new one.
std::vector<Row> rows_of(const std::vector<const Span*>& by_begin) {
  using Free = std::pair<double, std::size_t>;  // since when, which
  std::priority_queue<Free, std::vector<Free>, std::greater<>> free;
  std::vector<Row> rows;
  for (const Span* span : by_begin) {
    std::size_t row = rows.size();
    if (by_begin.size() > kMostRows && !free.empty() && free.top().first <= span->begin) {
      row = free.top().second;
      free.pop();
    } else {
      rows.emplace_back();
    }
    rows[row].spans.push_back(span);
    free.emplace(span->end, row);
  }
  return rows;
}

class Picture {
 public:
  Picture(const Timeline& chart, double width) : chart_(chart), width_(width) {
    std::vector<const Span*> by_begin;
    for (const Span& span : chart.spans) by_begin.push_back(&span);
    std::stable_sort(by_begin.begin(), by_begin.end(),
                     [](const Span* a, const Span* b) { return a->begin < b->begin; });
    rows_ = rows_of(by_begin);
    double end = 0, names = 0;
    for (const Span& span : chart.spans) {
      end = std::max(end, span.end);
      names = std::max(names, text_width(span.name, kChartFont));
    }
    named_ = chart.spans.size() <= kMostRows;
    row_height_ = named_
                      ? kRowHeight
                      : std::min(kRowHeight, kHeightOfShared / static_cast<double>(rows_.size()));
    plot_.left = named_ ? std::min(names, width * kMostNames) + 8 : kChartFont;
    plot_.width = width - plot_.left;
    x_ = scale(end);
    plot_.width = width - plot_.left - text_width(x_.ticks.back().label, kChartFont) / 2;
    x_ = scale(end);
  }

  std::string draw() && {
    std::vector<LegendItem> legend = {{Swatch::kBox, "growing", named_ ? chart_.busy : "running"}};
    if (named_) legend.push_back({Swatch::kBox, "idle", chart_.idle});
    plot_.top = draw_legend(drawing_, legend, width_) + 8;
    plot_.height = row_height_ * static_cast<double>(rows_.size());
    draw_x_axis(drawing_, plot_, x_, chart_.x);
    double y = plot_.top;
    for (const Row& row : rows_) {
      draw_row(row, y);
      y += row_height_;
    }
    return std::move(drawing_).finish(width_, plot_.bottom() + kAxisHeight, chart_.title,
                                      chart_.description);
  }

 private:
  AxisScale scale(double end) const {
    return scale_that_fits(plot_.width, 8, [&](std::size_t intervals) {
      return linear_scale(end, Unit::kSeconds, intervals);
    });
  }

  double at(double seconds) const { return plot_.left + x_.at(seconds) * plot_.width; }

  void draw_row(const Row& row, double y) {
    const double height = row_height_ * kBarShare, top = y + (row_height_ - height) / 2;
    if (named_) {
      const Span& span = *row.spans.front();
      drawing_.text({plot_.left - 8, y + row_height_ / 2 + kChartFont / 3},
                    fitted(span.name, plot_.left - 8, kChartFont), "label", Anchor::kEnd);
      draw_parts(span, top, height);
      return;
    }
    for (std::size_t i = 0; i < row.spans.size();) {
      const double begin = at(row.spans[i]->begin);
      double end = std::max(at(row.spans[i]->end), begin + 1);
      const std::string& title = row.spans[i]->title;
      std::size_t count = 1;
      while (i + count < row.spans.size() && is_thin(*row.spans[i + count]) &&
             at(row.spans[i + count]->begin) <= end + 1) {
        end = std::max(end, at(row.spans[i + count]->end));
        ++count;
      }
      drawing_.rectangle({begin, top}, end - begin, height, "growing",
                         count == 1 ? title : std::string());
      i += count;
    }
  }

  bool is_thin(const Span& span) const { return at(span.end) - at(span.begin) < kLeastSpan; }

  void draw_parts(const Span& span, double top, double height) {
    const double begin = at(span.begin), width = std::max(at(span.end) - begin, 1.0);
    const double taken = span.end - span.begin;
    const double busy = taken > 0 ? std::clamp(span.busy / taken, 0.0, 1.0) : 1;
    drawing_.rectangle({begin, top}, width, height, "idle", span.title);
    if (busy > 0) drawing_.rectangle({begin, top}, width * busy, height, "growing", span.title);
  }

  const Timeline& chart_;
  double width_;
  bool named_ = false;
  double row_height_ = kRowHeight;
  std::vector<Row> rows_;
  SvgDrawing drawing_;
  Plot plot_;
  AxisScale x_;
};

}  // namespace

std::string timeline_svg(const Timeline& chart, double width) {
  return Picture(chart, width).draw();
}

}  // namespace skol
