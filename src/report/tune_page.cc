// SPDX-License-Identifier: Apache-2.0
#include "report/tune_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/counted.h"
#include "report/html_page.h"
#include "report/json_fields.h"
#include "report/memory_chart.h"

namespace skol {
namespace {

// Of the table.
constexpr std::size_t kMostRows = 100;

struct TunePoint {
  std::size_t batch_size = 0;
  std::optional<std::uint64_t> bytes;
  std::optional<double> windows_per_second;
};

struct Tune {
  MemoryLine line;
  std::vector<TunePoint> points;  // by batch size
  std::optional<std::size_t> prediction_batch_size;
  std::optional<std::uint64_t> budget_bytes;
  std::string reason;
};

Tune read_tune(const Json& json) {
  Tune tune;
  tune.line = {count_at(json, "base_bytes"), count_at(json, "window_bytes"),
               optional_number(json, "fit_error").value_or(0)};
  for (const Json& point : array_at(json, "points")) {
    // A batch of no window takes no place on an axis of powers of two.
    const std::size_t size = std::max<std::size_t>(1, count_at(point, "batch_size"));
    tune.points.push_back(
        {size, optional_count(point, "bytes"), optional_number(point, "windows_per_second")});
  }
  std::stable_sort(
      tune.points.begin(), tune.points.end(),
      [](const TunePoint& a, const TunePoint& b) { return a.batch_size < b.batch_size; });
  tune.prediction_batch_size = optional_count(json, "prediction_batch_size");
  tune.budget_bytes = optional_count(json, "budget_bytes");
  tune.reason = text_at(json, "reason");
  return tune;
}

std::string bytes_text(std::uint64_t bytes) {
  return size_text(bytes, SizeUnits::kBinary);
}

std::string rate_text(double rate) {
  return rate < 100 ? fmt::format("{:.1f}", rate)
                    : with_commas(static_cast<std::size_t>(std::min(rate, 1e15)));
}

std::optional<Choice> choice_of(const Tune& tune) {
  if (!tune.prediction_batch_size) return std::nullopt;
  const std::string size = with_commas(*tune.prediction_batch_size);
  return Choice{"chosen: " + size, size,
                std::max(1.0, static_cast<double>(*tune.prediction_batch_size))};
}

const TunePoint* chosen_point(const Tune& tune) {
  const auto found = std::find_if(tune.points.begin(), tune.points.end(), [&](const TunePoint& p) {
    return tune.prediction_batch_size == p.batch_size;
  });
  return found == tune.points.end() ? nullptr : &*found;
}

void add_key_figures(HtmlPage& page, const Tune& tune) {
  const auto& size = tune.prediction_batch_size;
  std::vector<KeyFigure> figures = {
      {size ? with_commas(*size) : "none", "prediction_batch_size chosen"}};
  const TunePoint* const chosen = chosen_point(tune);
  if (chosen != nullptr && chosen->windows_per_second) {
    figures.push_back({rate_text(*chosen->windows_per_second), "windows a second at it"});
  }
  if (chosen != nullptr && chosen->bytes) {
    figures.push_back({bytes_text(*chosen->bytes), "memory at it, measured"});
  }
  figures.push_back({bytes_text(tune.line.base_bytes), "base, whatever the batch size"});
  figures.push_back({bytes_text(tune.line.window_bytes), "for each window of a batch"});
  if (tune.budget_bytes) figures.push_back({bytes_text(*tune.budget_bytes), "budget"});
  page.key_figures(figures);
}

void add_memory(HtmlPage& page, const Tune& tune) {
  std::vector<MemoryPoint> measured;
  double most_x = tune.prediction_batch_size ? static_cast<double>(*tune.prediction_batch_size) : 1;
  for (const TunePoint& point : tune.points) {
    if (!point.bytes) continue;
    measured.push_back({point.batch_size, *point.bytes});
    most_x = std::max(most_x, static_cast<double>(point.batch_size));
  }
  LineChart chart = memory_chart(tune.line, measured, most_x, SizeUnits::kBinary);
  chart.title = "Memory by batch size";
  chart.description = line_text(tune.line, SizeUnits::kBinary);
  chart.choice = choice_of(tune);
  if (tune.budget_bytes) {
    chart.limits = {{"budget: " + bytes_text(*tune.budget_bytes), "limit",
                     static_cast<double>(*tune.budget_bytes)}};
  }
  page.section("Memory");
  page.figure(
      [&](double width) { return line_chart_svg(chart, width); },
      fmt::format("Memory by batch size: {}, and the line that fits best. It is at most "
                  "{:.1f} % of what was measured away from a point.",
                  counted(measured.size(), "point") + " measured", 100 * tune.line.fit_error));
}

void add_throughput(HtmlPage& page, const Tune& tune) {
  Series speed{"windows a second, measured", "speed", Mark::kPointsOnLine, {}};
  for (const TunePoint& point : tune.points) {
    if (!point.windows_per_second) continue;
    speed.points.push_back(
        {static_cast<double>(point.batch_size), *point.windows_per_second,
         fmt::format("{}: {} windows a second", counted(point.batch_size, "window"),
                     rate_text(*point.windows_per_second))});
  }
  page.section("Throughput");
  if (speed.points.empty()) {
    page.paragraph("No speed was measured.");
    return;
  }
  LineChart chart;
  chart.title = "Throughput by batch size";
  chart.description =
      fmt::format("Windows a second at {}.", counted(speed.points.size(), "batch size"));
  chart.x = {"batch size, logarithmic", Unit::kCount};
  chart.y = {"windows a second", Unit::kNumber};
  chart.logarithmic_x = true;
  chart.series = {std::move(speed)};
  chart.choice = choice_of(tune);
  page.figure([&](double width) { return line_chart_svg(chart, width); },
              "Windows a second by batch size. The axis of sizes is logarithmic.");
}

void add_points(HtmlPage& page, const Tune& tune) {
  if (tune.points.empty()) return;
  const std::size_t stride = (tune.points.size() + kMostRows - 1) / kMostRows;
  Table table;
  table.caption = "What was measured, and what the line has for it";
  if (stride > 1) {
    table.caption += fmt::format(": one size in {}, and the chosen one", with_commas(stride));
  }
  table.heading = {"batch size", "memory", "the line", "windows a second"};
  for (std::size_t i = 0; i < tune.points.size(); ++i) {
    const TunePoint& point = tune.points[i];
    const bool chosen = tune.prediction_batch_size == point.batch_size;
    if (i % stride != 0 && !chosen) continue;
    table.rows.push_back(
        {{{with_commas(point.batch_size)},
          {point.bytes ? bytes_text(*point.bytes) : "not measured"},
          {bytes_text(line_bytes(tune.line, point.batch_size))},
          {point.windows_per_second ? rate_text(*point.windows_per_second) : "not measured"}},
         chosen});
  }
  page.section("What was measured");
  page.table(table);
}

}  // namespace

std::string tune_page(const Json& json, const std::string& made_by) {
  const Tune tune = read_tune(json);
  const auto& size = tune.prediction_batch_size;
  HtmlPage page(size ? fmt::format("Tuning: {} a prediction call", counted(*size, "window"))
                     : "Tuning: no batch size was chosen",
                fmt::format("Memory and speed were measured at {}.",
                            counted(tune.points.size(), "batch size")),
                made_by);
  add_key_figures(page, tune);
  page.section("Why");
  page.paragraph(tune.reason);
  add_memory(page, tune);
  add_throughput(page, tune);
  add_points(page, tune);
  return std::move(page).finish();
}

}  // namespace skol
