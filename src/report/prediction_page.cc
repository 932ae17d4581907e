// SPDX-License-Identifier: Apache-2.0
#include "report/prediction_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/counted.h"
#include "base/sizes.h"
#include "report/bar_charts.h"
#include "report/html_page.h"
#include "report/json_fields.h"
#include "report/partitions_figure.h"

namespace skol {
namespace {

// Of the batch sizes in force, which change with every shortage of memory.
constexpr std::size_t kMostSizesNamed = 12;

std::string bytes_text(std::uint64_t bytes) {
  return size_text(bytes, SizeUnits::kBinary);
}

std::string rate_text(double rate) {
  return rate < 100 ? fmt::format("{:.1f}", rate)
                    : with_commas(static_cast<std::size_t>(std::min(rate, 1e15)));
}

std::string unit_of(const Json& stats, const char* key, std::string unit) {
  return count_at(stats, key) == 1 ? unit : unit + "s";
}

bool is_of_spark(const Json& stats) {
  return stats.contains("partitions");
}

void add_key_figures(HtmlPage& page, const Json& stats) {
  const bool spark = is_of_spark(stats);
  std::vector<KeyFigure> figures = {
      {rate_text(number_at(stats, "lines_per_second")),
       spark ? "lines for each second of a worker" : "lines a second, blank ones left out"},
      {seconds_text(number_at(stats, "seconds")) + " s",
       spark ? "of labelling, added up over all workers" : "in all"},
      {with_commas(count_at(stats, "documents")), unit_of(stats, "documents", "document")},
      {with_commas(count_at(stats, "lines")),
       fmt::format("lines, {} of them blank or page markers",
                   with_commas(count_at(stats, "blank_lines")))},
      {with_commas(count_at(stats, "windows")), unit_of(stats, "windows", "window")},
      {with_commas(count_at(stats, "predict_calls")),
       unit_of(stats, "predict_calls", "prediction call")},
      {bytes_text(count_at(stats, "peak_bytes")),
       spark ? "peak memory of the largest worker" : "peak memory of the process"}};
  if (const auto wall = wall_seconds(stats)) {
    figures.insert(figures.begin() + 1,
                   {seconds_text(*wall) + " s", "from the first start to the last end"});
  }
  page.key_figures(figures);
}

void add_memory(HtmlPage& page, const Json& stats) {
  const std::uint64_t peak = count_at(stats, "peak_bytes");
  const std::uint64_t scratch = std::min(count_at(stats, "workspace_bytes"), peak);
  const auto budget = optional_count(stats, "budget_bytes");
  const char* const process = is_of_spark(stats) ? "the largest worker" : "the process";
  StackedBars chart;
  chart.title = "Peak memory";
  chart.x = {fmt::format("memory of {}", process), Unit::kBinaryBytes};
  std::string text = bytes_text(peak);
  Bar bar{"peak", text, "", true, {}};
  if (budget && *budget > 0) {
    bar.text += fmt::format(", {:.1f} % of the budget",
                            100 * static_cast<double>(peak) / static_cast<double>(*budget));
    chart.limits = {{"budget: " + bytes_text(*budget), "limit", static_cast<double>(*budget)}};
  }
  chart.description = fmt::format("{}: {}", process, bar.text);
  bar.parts = {
      {"fixed", static_cast<double>(peak - scratch), "all else: " + bytes_text(peak - scratch)},
      {"growing", static_cast<double>(scratch), "scratch: " + bytes_text(scratch)}};
  chart.bars = {std::move(bar)};
  chart.legend = {
      {Swatch::kBox, "fixed", "model, text and all else: " + bytes_text(peak - scratch)},
      {Swatch::kBox, "growing", "scratch of all threads: " + bytes_text(scratch)}};
  page.section("Memory");
  page.figure([&](double width) { return stacked_bars_svg(chart, width); },
              fmt::format("The most memory that {} held. {}", process,
                          budget ? "The budget covers all of it."
                                 : "No budget was set, so there is nothing to compare it with."));
}

// Calls by the number of windows they had.
std::map<std::size_t, std::size_t> calls_by_windows(const Json& stats) {
  std::map<std::size_t, std::size_t> calls;
  for (const Json& entry : array_at(stats, "calls_by_windows")) {
    calls[count_at(entry, "windows")] += count_at(entry, "calls");
  }
  return calls;
}

std::string sizes_text(const Json& stats) {
  std::vector<std::string> sizes;
  const Json given = array_at(stats, "batch_sizes");
  for (const Json& size : given) {
    if (sizes.size() == kMostSizesNamed) break;
    sizes.push_back(with_commas(count_at({{"batch_sizes", size}}, "batch_sizes")));
  }
  if (sizes.empty()) return "No batch size was in force.";
  std::string out = fmt::format("prediction_batch_size in force: {}", fmt::join(sizes, ", "));
  if (given.size() > sizes.size()) {
    out += fmt::format(" and {} more", with_commas(given.size() - sizes.size()));
  }
  const std::uint64_t reductions = count_at(stats, "reductions");
  if (reductions == 0) return out + ". Memory was never short.";
  return fmt::format(
      "{}. Memory was short {}, and the size was halved each time. No line is missing for it; a "
      "smaller prediction_batch_size avoids it.",
      out, counted(reductions, "time"));
}

std::string fill_text(const Json& stats) {
  const std::uint64_t windows = count_at(stats, "windows"),
                      calls = count_at(stats, "predict_calls");
  if (calls == 0) return "No window was predicted.";
  return fmt::format("{} in {}: on average {:.1f} a call.", counted(windows, "window"),
                     counted(calls, "call"),
                     static_cast<double>(windows) / static_cast<double>(calls));
}

void add_batches(HtmlPage& page, const Json& stats) {
  page.section("Batches");
  page.paragraph(fill_text(stats));
  // A run over no partition has chosen nothing.
  const bool chosen = stats.contains("reason") && !stats["reason"].is_null();
  const std::string reason = chosen ? text_at(stats, "reason") : "";
  if (!reason.empty()) page.paragraph(reason);
  page.paragraph(sizes_text(stats));
  Histogram chart;
  chart.times = calls_by_windows(stats);
  if (chart.times.empty()) return;
  chart.title = "Calls by the number of their windows";
  chart.description = fill_text(stats);
  chart.x = "windows of a call";
  chart.y = "prediction calls";
  chart.noun = "call";
  page.figure([&](double width) { return histogram_svg(chart, width); },
              is_of_spark(stats)
                  ? "How many windows the calls had. The last call of each partition takes what "
                    "is left; many short ones mean more partitions than the windows can fill."
                  : "How many windows the calls had. The last one takes what is left.");
}

// What only the command counts.
void add_reading(HtmlPage& page, const Json& stats) {
  std::vector<std::string> texts;
  if (const auto skipped = optional_count(stats, "skipped"); skipped.value_or(0) > 0) {
    texts.push_back(counted(*skipped, "document") + " could not be read and were skipped.");
  }
  if (const auto lines = optional_count(stats, "not_round_trip"); lines.value_or(0) > 0) {
    texts.push_back(
        fmt::format("'[@' or '*]' in {}, written as it is: a reader may take it for "
                    "markup.",
                    counted(*lines, "line")));
  }
  if (stats.contains("diagnostics")) {
    if (const auto total = optional_count(stats["diagnostics"], "total"); total.value_or(0) > 0) {
      texts.push_back(counted(*total, "irregularity") + " of annotation in the input.");
    }
  }
  if (texts.empty()) return;
  page.section("Input");
  page.items(texts);
}

}  // namespace

std::string prediction_page(const Json& stats, const std::string& made_by) {
  if (stats.is_object() && stats.empty()) {
    HtmlPage page("Prediction", "No statistics came back from this run.", made_by);
    page.paragraph(
        "Spark Connect brings none to the driver. Run the same with a session of its own, or in "
        "plain Python.");
    return std::move(page).finish();
  }
  const std::uint64_t lines = count_at(stats, "lines"), documents = count_at(stats, "documents");
  HtmlPage page(
      fmt::format("Prediction: {} of {}", counted(lines, "line"), counted(documents, "document")),
      is_of_spark(stats) && array_at(stats, "partitions").empty()
          ? "Nothing has run yet: Spark labels when an action asks for rows."
          : "What a run of prediction did, and what it took.",
      made_by);
  add_key_figures(page, stats);
  add_memory(page, stats);
  add_batches(page, stats);
  add_partitions(page, stats);
  add_reading(page, stats);
  return std::move(page).finish();
}

}  // namespace skol
