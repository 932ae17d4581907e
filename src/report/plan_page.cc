// SPDX-License-Identifier: Apache-2.0
#include "report/plan_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "report/bar_charts.h"
#include "report/html_page.h"
#include "report/memory_chart.h"

namespace skol {
namespace {

// Bars that a reader compares at a glance, and executors that can be told apart in one.
constexpr std::size_t kMostBars = 12, kMostExecutorsShown = 16;

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

std::string bytes_text(const Plan& plan, std::uint64_t bytes) {
  return size_text(bytes, plan.request.units);
}

std::string verdict_text(Verdict verdict) {
  return verdict == Verdict::kTooLarge ? "too large" : verdict_name(verdict);
}

bool is_recommended(const Plan& plan, const PlanRow& row) {
  return plan.prediction_batch_size == row.batch_size;
}

// Without doubles, by size.
std::vector<PlanRow> sorted_rows(const Plan& plan) {
  std::vector<PlanRow> rows = plan.rows;
  std::sort(rows.begin(), rows.end(),
            [](const PlanRow& a, const PlanRow& b) { return a.batch_size < b.batch_size; });
  const auto end = std::unique(rows.begin(), rows.end(), [](const PlanRow& a, const PlanRow& b) {
    return a.batch_size == b.batch_size;
  });
  rows.erase(end, rows.end());
  return rows;
}

// What the page speaks of: the recommended row, or the least.
PlanRow focus_row(const Plan& plan) {
  const std::vector<PlanRow> rows = sorted_rows(plan);
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const PlanRow& row) { return is_recommended(plan, row); });
  return found == rows.end() ? rows.front() : *found;
}

// The rows around the recommendation, as many as a chart shows; one where all would be the same.
std::vector<PlanRow> rows_to_draw(const Plan& plan, const SharedMemory& memory) {
  if (memory.executor.window_bytes == 0) return {focus_row(plan)};
  std::vector<PlanRow> rows = sorted_rows(plan);
  if (rows.size() <= kMostBars) return rows;
  const std::size_t focus = focus_row(plan).batch_size;
  std::size_t at = 0;
  while (rows[at].batch_size < focus) ++at;
  const std::size_t before = std::min(at, kMostBars / 2);
  const std::size_t first = std::min(at - before, rows.size() - kMostBars);
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(kMostBars)};
}

std::string lead_text(const Plan& plan) {
  const std::size_t executors = plan.request.executors;
  std::string out;
  for (const SharedMemory& memory : plan.request.memories) {
    out += fmt::format("{} {} {} of {} memory{}{}.",
                       out.empty()      ? counted(executors, "executor")
                       : executors == 1 ? " It"
                                        : " They",
                       executors == 1 ? "has" : "share", bytes_text(plan, memory.bytes),
                       memory.name, executors == 1 ? " and takes " : ", and each takes ",
                       line_text(memory.executor, plan.request.units));
  }
  return out;
}

void add_key_figures(HtmlPage& page, const Plan& plan) {
  const PlanRow row = focus_row(plan);
  const SharedMemory& memory = plan.request.memories[row.memory];
  const auto& size = plan.prediction_batch_size;
  const std::string all = counted(plan.request.executors, "executor");
  const std::string at = size ? "" : fmt::format(" at {}", counted(row.batch_size, "window"));
  page.key_figures({{size ? with_commas(*size) : "none", "prediction_batch_size recommended"},
                    {bytes_text(plan, row.executor_bytes), "an executor takes" + at},
                    {bytes_text(plan, row.total_bytes), fmt::format("{} take{}", all, at)},
                    {percent(memory.share(row.total_bytes)),
                     fmt::format("of {} {} memory", bytes_text(plan, memory.bytes), memory.name)},
                    {size_text(row.free_bytes, plan.request.units), "are left"}});
}

// Base and windows of each executor, or of all where they are too many to be told apart.
std::vector<BarPart> parts_of(const Plan& plan, const SharedMemory& memory,
                              std::size_t batch_size) {
  const std::size_t executors = plan.request.executors;
  const std::uint64_t base = memory.executor.base_bytes;
  const std::uint64_t windows = memory.executor.bytes(batch_size) - base;
  std::vector<BarPart> parts;
  const bool apart = executors <= kMostExecutorsShown;
  const std::size_t groups = apart ? executors : 1;
  const auto each = static_cast<double>(apart ? 1 : executors);
  for (std::size_t i = 1; i <= groups; ++i) {
    const std::string who = apart ? fmt::format("executor {} of {}", i, executors)
                                  : counted(executors, "executor") + ", each";
    parts.push_back({"fixed", each * static_cast<double>(base),
                     fmt::format("{}: base {}", who, bytes_text(plan, base))});
    parts.push_back(
        {"growing", each * static_cast<double>(windows),
         fmt::format("{}: {} x {} = {}", who, counted(batch_size, "window"),
                     bytes_text(plan, memory.executor.window_bytes), bytes_text(plan, windows))});
  }
  return parts;
}

StackedBars sharing_chart(const Plan& plan, const SharedMemory& memory) {
  StackedBars chart;
  chart.title = fmt::format("What all executors take of the {} memory, by batch size", memory.name);
  chart.x = {
      fmt::format("{} memory of {}", memory.name, counted(plan.request.executors, "executor")),
      unit_of(plan.request.units)};
  for (const PlanRow& row : rows_to_draw(plan, memory)) {
    const std::uint64_t total = memory.total(plan.request.executors, row.batch_size);
    const Verdict verdict = memory.verdict(total);
    const std::string text = fmt::format("{}, {}, {}", bytes_text(plan, total),
                                         percent(memory.share(total)), verdict_text(verdict));
    const std::string name =
        memory.executor.window_bytes == 0 ? "any size" : with_commas(row.batch_size);
    chart.bars.push_back({name, text, verdict_name(verdict), is_recommended(plan, row),
                          parts_of(plan, memory, row.batch_size)});
    chart.description += fmt::format("{}{}: {}", chart.description.empty() ? "" : "; ",
                                     counted(row.batch_size, "window"), text);
  }
  chart.limits = {{fmt::format("95 %: {}", bytes_text(plan, memory.safe_bytes())), "safe_limit",
                   static_cast<double>(memory.safe_bytes())},
                  {fmt::format("all there is: {}", bytes_text(plan, memory.bytes)), "limit",
                   static_cast<double>(memory.bytes)}};
  const std::string whose =
      plan.request.executors <= kMostExecutorsShown ? "of an executor" : "of all executors";
  chart.legend = {{Swatch::kBox, "fixed", "base " + whose},
                  {Swatch::kBox, "growing", "windows " + whose}};
  return chart;
}

LineChart executor_chart(const Plan& plan, const SharedMemory& memory,
                         const std::vector<MemoryPoint>& points) {
  const PlanRow focus = focus_row(plan);
  double most_x = 1.5 * static_cast<double>(focus.batch_size);
  for (const MemoryPoint& point : points) {
    most_x = std::max(most_x, static_cast<double>(point.batch_size));
  }
  LineChart chart = memory_chart(memory.executor, points, most_x, plan.request.units);
  chart.title = fmt::format("The {} memory of one executor, by batch size", memory.name);
  chart.description = line_text(memory.executor, plan.request.units);
  chart.y.title = fmt::format("{} memory of an executor", memory.name);
  const auto executors = static_cast<double>(plan.request.executors);
  const std::string shared =
      plan.request.executors == 1
          ? ""
          : fmt::format(" shared by {}", with_commas(plan.request.executors));
  const double most = static_cast<double>(memory.bytes) / executors;
  const double safe = static_cast<double>(memory.safe_bytes()) / executors;
  const auto text = [&](double bytes) {
    return bytes_text(plan, static_cast<std::uint64_t>(bytes));
  };
  chart.limits = {{fmt::format("95 %{}: {}", shared, text(safe)), "safe_limit", safe},
                  {fmt::format("all{}: {}", shared, text(most)), "limit", most}};
  if (plan.prediction_batch_size) {
    const std::string size = with_commas(*plan.prediction_batch_size);
    chart.choice =
        Choice{"recommended: " + size, size, static_cast<double>(*plan.prediction_batch_size)};
  }
  return chart;
}

std::string origin_text(const Plan& plan, bool measured, const MemoryLine& line) {
  if (!measured) return "Base and window are as they were given; nothing was measured for this.";
  return fmt::format(
      "The line of least squares through {} that {} measured. It is at most {} of what was "
      "measured away from a point.",
      counted(plan.request.points.size(), "point"),
      plan.request.points.size() == 1 ? "was" : "were", percent(line.fit_error));
}

void add_memory(HtmlPage& page, const Plan& plan, const SharedMemory& memory, bool measured) {
  page.section(fmt::format("Who shares the {} memory", memory.name));
  const StackedBars sharing = sharing_chart(plan, memory);
  const bool grows = memory.executor.window_bytes > 0;
  std::string caption = fmt::format(
      "What {} of the {} memory{}. Up to 95 % is safe, more is tight, more than there is too "
      "large.",
      plan.request.executors == 1 ? "the executor takes" : "all executors take together",
      memory.name, grows ? ", a bar for each batch size" : "");
  if (grows && plan.prediction_batch_size) caption += " The size in bold is recommended.";
  if (grows && sorted_rows(plan).size() > kMostBars) {
    caption += fmt::format(" Drawn are {} sizes; the table has all.", kMostBars);
  }
  page.figure([&](double width) { return stacked_bars_svg(sharing, width); }, caption);
  if (!grows) return;
  const LineChart executor =
      executor_chart(plan, memory, measured ? plan.request.points : std::vector<MemoryPoint>());
  page.figure([&](double width) { return line_chart_svg(executor, width); },
              fmt::format("What one executor takes of the {} memory. {}", memory.name,
                          origin_text(plan, measured, memory.executor)));
}

void add_rows(HtmlPage& page, const Plan& plan) {
  const auto& memories = plan.request.memories;
  const bool several = memories.size() > 1;
  Table table;
  table.caption = several ? "Each size with the memory that is the fullest at it"
                          : fmt::format("Each size, of {} of {} memory",
                                        bytes_text(plan, memories[0].bytes), memories[0].name);
  table.heading = {
      "batch size", "an executor", fmt::format("all {}", with_commas(plan.request.executors)),
      "used",       "free",        "verdict"};
  if (several) table.heading.push_back("memory");
  for (const PlanRow& row : plan.rows) {
    const SharedMemory& memory = memories[row.memory];
    TableRow cells{{{with_commas(row.batch_size)},
                    {bytes_text(plan, row.executor_bytes)},
                    {bytes_text(plan, row.total_bytes)},
                    {percent(memory.share(row.total_bytes))},
                    {size_text(row.free_bytes, plan.request.units)},
                    {verdict_text(row.verdict), verdict_name(row.verdict)}},
                   is_recommended(plan, row)};
    if (several) cells.cells.push_back({memory.name});
    table.rows.push_back(std::move(cells));
  }
  page.section("Every size");
  page.table(table);
}

void add_partitions(HtmlPage& page, const Plan& plan) {
  if (plan.partitions.empty()) return;
  Table table;
  table.caption = fmt::format("{} in Spark: two to four partitions for each executor",
                              counted(plan.request.windows, "window"));
  table.heading = {"partitions", "windows of a partition", "calls of a partition"};
  for (const PartitionRow& row : plan.partitions) {
    table.rows.push_back(
        {{{with_commas(row.partitions)}, {with_commas(row.windows)}, {with_commas(row.calls)}}});
  }
  page.section("Partitions");
  page.table(table);
}

}  // namespace

std::string plan_page(const Plan& plan, const std::string& made_by) {
  const auto& size = plan.prediction_batch_size;
  HtmlPage page(size ? fmt::format("Plan: {} a prediction call", counted(*size, "window"))
                     : "Plan: no batch size is safe",
                lead_text(plan), made_by);
  add_key_figures(page, plan);
  page.section("Why");
  page.items(plan.reason);
  for (std::size_t i = 0; i < plan.request.memories.size(); ++i) {
    // Points are of the memory that the network computes in.
    add_memory(page, plan, plan.request.memories[i], i == 0 && !plan.request.points.empty());
  }
  add_rows(page, plan);
  add_partitions(page, plan);
  return std::move(page).finish();
}

}  // namespace skol
