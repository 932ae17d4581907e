// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/counted.h"
#include "report/bar_charts.h"
#include "report/markup.h"

namespace skol {
namespace {

constexpr std::size_t kMostBins = 32;
// In pixels: something that occurred once among thousands is seen too.
constexpr double kLeastHeight = 2;
constexpr double kHeight = 180;

struct Bin {
  std::size_t first = 0, last = 0;  // the numbers that it holds
  std::size_t times = 0;
};

// Bins of one width from 1 on. The width is a divisor of the largest number where that leaves bins
// enough: then the last bin, that of full batches, ends with it.
std::vector<Bin> bins_of(const std::map<std::size_t, std::size_t>& times) {
  if (times.empty()) return {};
  const std::size_t most = std::max<std::size_t>(1, times.rbegin()->first);
  const std::size_t least = (most + kMostBins - 1) / kMostBins;
  std::size_t width = least;
  while (width < 2 * least && most % width != 0) ++width;
  if (most % width != 0) width = least;
  std::vector<Bin> bins;
  for (std::size_t first = 1; first <= most; first += width) {
    bins.push_back({first, std::min(first + width - 1, most), 0});
  }
  for (const auto& [number, count] : times) {
    bins[(std::max<std::size_t>(1, number) - 1) / width].times += count;
  }
  return bins;
}

std::string range_text(const Bin& bin) {
  if (bin.first == bin.last) return with_commas(bin.first);
  return fmt::format("{} to {}", with_commas(bin.first), with_commas(bin.last));
}

class Picture {
 public:
  Picture(const Histogram& chart, double width)
      : chart_(chart), width_(width), bins_(bins_of(chart.times)) {
    std::size_t most = 0;
    for (const Bin& bin : bins_) most = std::max(most, bin.times);
    y_ = linear_scale(static_cast<double>(most), Unit::kCount, 4);
    plot_ = {widest_label(y_) + 10, 2.4 * kChartLine, 0, kHeight};
    const std::size_t last = bins_.empty() ? 1 : bins_.back().last;
    plot_.width = width - plot_.left - text_width(with_commas(last), kChartFont) / 2 - kChartFont;
    x_ = scale_that_fits(plot_.width, 8, [&](std::size_t intervals) {
      return linear_scale(static_cast<double>(last) + 0.5, Unit::kCount, intervals);
    });
  }

  std::string draw() && {
    drawing_.text({0, kChartFont}, fitted(chart_.y, width_, kChartFont));
    draw_y_axis(drawing_, plot_, y_);
    draw_x_axis(drawing_, plot_, x_, chart_.x);
    const bool label_all = labels_keep_apart();
    for (const Bin& bin : bins_) {
      if (bin.times > 0) draw_bar(bin, label_all);
    }
    return std::move(drawing_).finish(width_, plot_.bottom() + kAxisHeight, chart_.title,
                                      chart_.description);
  }

 private:
  // The bar of one number stands above it.
  double left(const Bin& bin) const {
    return plot_.left + x_.at(static_cast<double>(bin.first) - 0.5) * plot_.width;
  }
  double right(const Bin& bin) const {
    return plot_.left + x_.at(static_cast<double>(bin.last) + 0.5) * plot_.width;
  }

  bool labels_keep_apart() const {
    double free_from = plot_.left;
    for (const Bin& bin : bins_) {
      if (bin.times == 0) continue;
      const double half = text_width(with_commas(bin.times), kChartFont) / 2;
      const double middle = (left(bin) + right(bin)) / 2;
      if (middle - half < free_from) return false;
      free_from = middle + half + 2;
    }
    return true;
  }

  // What the bar is of is seen while the pointer rests on it, and above it where there is room.
  void draw_bar(const Bin& bin, bool with_label) {
    const double height =
        std::max(kLeastHeight, y_.at(static_cast<double>(bin.times)) * plot_.height);
    drawing_.rectangle(
        {left(bin) + 0.5, plot_.bottom() - height}, std::max(1.0, right(bin) - left(bin) - 1),
        height, "fixed",
        fmt::format("{} of {} {}", counted(bin.times, chart_.noun), range_text(bin), chart_.x));
    if (!with_label) return;
    drawing_.text({(left(bin) + right(bin)) / 2, plot_.bottom() - height - 5},
                  with_commas(bin.times), "strong", Anchor::kMiddle);
  }

  const Histogram& chart_;
  double width_;
  std::vector<Bin> bins_;
  SvgDrawing drawing_;
  Plot plot_;
  AxisScale x_, y_;
};

}  // namespace

std::string histogram_svg(const Histogram& chart, double width) {
  return Picture(chart, width).draw();
}

}  // namespace skol
