// SPDX-License-Identifier: Apache-2.0
#include "report/partitions_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/counted.h"
#include "report/json_fields.h"
#include "report/timeline_chart.h"

namespace skol {
namespace {

constexpr std::size_t kMostRowsOfTable = 20;

struct Partition {
  std::uint64_t number = 0, lines = 0, windows = 0, calls = 0;
  double seconds = 0;
  std::optional<double> started, ended;

  double taken() const { return started && ended ? *ended - *started : seconds; }
};

std::vector<Partition> partitions_of(const Json& stats) {
  std::vector<Partition> partitions;
  for (const Json& entry : array_at(stats, "partitions")) {
    Partition partition;
    partition.number = count_at(entry, "partition");
    partition.lines = count_at(entry, "lines");
    partition.windows = count_at(entry, "windows");
    partition.calls = count_at(entry, "predict_calls");
    partition.seconds = number_at(entry, "seconds");
    partition.started = optional_number(entry, "started");
    partition.ended = optional_number(entry, "ended");
    // A clock may have been set back while the partition ran.
    if (partition.started && partition.ended) {
      partition.ended = std::max(*partition.started, *partition.ended);
    }
    partitions.push_back(partition);
  }
  return partitions;
}

std::optional<double> first_start(const std::vector<Partition>& partitions) {
  std::optional<double> first;
  for (const Partition& one : partitions) {
    if (one.started && one.ended) first = std::min(first.value_or(*one.started), *one.started);
  }
  return first;
}

std::string partition_text(const Partition& one) {
  return fmt::format("partition {}: {} s, {} of them labelling; {}, {} in {}", one.number,
                     seconds_text(one.taken()), seconds_text(one.seconds),
                     counted(one.lines, "line"), counted(one.windows, "window"),
                     counted(one.calls, "call"));
}

void add_timeline(HtmlPage& page, const std::vector<Partition>& partitions) {
  const auto first = first_start(partitions);
  if (!first) {
    page.paragraph("When they began and ended is not among the statistics.");
    return;
  }
  Timeline chart;
  chart.title = "Partitions over time";
  chart.x = "seconds since the first began";
  chart.busy = "labelling";
  chart.idle = "waiting: for rows, or for what takes them";
  for (const Partition& one : partitions) {
    if (!one.started || !one.ended) continue;
    chart.spans.push_back({fmt::format("partition {}", one.number), *one.started - *first,
                           *one.ended - *first, one.seconds, partition_text(one)});
  }
  chart.description = counted(chart.spans.size(), "partition");
  const char* const rows =
      chart.spans.size() > kMostRows
          ? "Partitions that ran one after the other share a row, so that there are as many rows "
            "as "
            "partitions ran at a time."
          : "Times of labelling are added up within a partition and drawn from its start.";
  page.figure([&](double width) { return timeline_svg(chart, width); },
              fmt::format("When each partition ran, by the clocks of the workers. {}", rows));
}

void add_table(HtmlPage& page, std::vector<Partition> partitions) {
  std::stable_sort(partitions.begin(), partitions.end(),
                   [](const Partition& a, const Partition& b) { return a.taken() > b.taken(); });
  Table table;
  table.caption = partitions.size() > kMostRowsOfTable
                      ? fmt::format("The {} partitions of {} that took longest", kMostRowsOfTable,
                                    with_commas(partitions.size()))
                      : "The partitions, the longest first";
  partitions.resize(std::min(partitions.size(), kMostRowsOfTable));
  table.heading = {"partition", "seconds", "labelling", "lines", "windows", "calls"};
  for (const Partition& one : partitions) {
    table.rows.push_back({{{with_commas(one.number)},
                           {seconds_text(one.taken())},
                           {seconds_text(one.seconds)},
                           {with_commas(one.lines)},
                           {with_commas(one.windows)},
                           {with_commas(one.calls)}}});
  }
  page.table(table);
}

}  // namespace

std::string seconds_text(double seconds) {
  if (seconds >= 1000) return with_commas(static_cast<std::size_t>(std::min(seconds, 1e15)));
  return fmt::format("{:.{}f}", seconds,
                     seconds >= 100   ? 0
                     : seconds >= 10  ? 1
                     : seconds >= 0.1 ? 2
                                      : 3);
}

std::optional<double> wall_seconds(const Json& stats) {
  const std::vector<Partition> partitions = partitions_of(stats);
  const auto first = first_start(partitions);
  if (!first) return std::nullopt;
  double last = *first;
  for (const Partition& one : partitions) {
    if (one.started && one.ended) last = std::max(last, *one.ended);
  }
  return last - *first;
}

void add_partitions(HtmlPage& page, const Json& stats) {
  const std::vector<Partition> partitions = partitions_of(stats);
  if (partitions.empty()) return;
  page.section(counted(partitions.size(), "partition"));
  add_timeline(page, partitions);
  add_table(page, partitions);
}

}  // namespace skol
