// SPDX-License-Identifier: Apache-2.0
#include "cli/top_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "text/findings.h"

namespace skol {
namespace {

constexpr std::size_t kIndent = 8;  // of the line below a row: under what it does

// A rate of whatever a file says, as a number that a table can hold.
std::string rate_text(double per_second) {
  constexpr double kMost = 1e12;
  return with_commas(static_cast<std::size_t>(std::lround(std::clamp(per_second, 0.0, kMost))));
}

std::string budget_text(const RunStatus& status) {
  if (status.budget_bytes == 0) return "-";
  const double share =
      static_cast<double>(status.resident_bytes) / static_cast<double>(status.budget_bytes);
  return fmt::format("{:.0f} %", 100 * share);
}

struct Column {
  const char* heading;
  std::size_t width;
  char side;  // '<': of names, '>': of numbers
  int rank;   // a narrow terminal leaves out the highest first
  std::string (*text)(const RunningPrediction& run);
};

using Run = RunningPrediction;
constexpr Column kColumns[] = {
    {"pid", 7, '>', 0, [](const Run& run) { return std::to_string(run.process.pid); }},
    {"what", 12, '<', 3, [](const Run& run) { return printable_name(run.status.what); }},
    {"batch", 7, '>', 2,
     [](const Run& run) { return std::to_string(run.status.prediction_batch_size); }},
    {"windows/s", 9, '>', 0,
     [](const Run& run) {
       return run.quiet() ? "quiet" : rate_text(run.status.windows_per_second);
     }},
    {"windows", 11, '>', 4, [](const Run& run) { return with_commas(run.status.windows_done); }},
    {"memory", 10, '>', 1, [](const Run& run) { return as_bytes(run.status.resident_bytes); }},
    {"budget", 6, '>', 5, [](const Run& run) { return budget_text(run.status); }},
    {"device", 10, '<', 6, [](const Run& run) { return printable_name(run.status.device); }},
};

// At most so many characters of the beginning. Bytes that go on with a character take no column.
std::string cut(const std::string& text, std::size_t columns) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool goes_on = (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
    if (!goes_on && used++ == columns) return text.substr(0, i);
  }
  return text;
}

// The end of a name for which there is no more room; the end tells a path from others.
std::string end_of(const std::string& name, std::size_t columns) {
  constexpr std::string_view kMore = "...";
  if (name.size() <= columns) return name;
  if (columns <= kMore.size()) return "";
  std::size_t begin = name.size() - (columns - kMore.size());
  while (begin < name.size() && (static_cast<unsigned char>(name[begin]) & 0xC0) == 0x80) ++begin;
  return fmt::format("{}{}", kMore, name.substr(begin));
}

using Columns = std::vector<const Column*>;

Columns columns_for(const Terminal& terminal) {
  Columns columns;
  std::size_t width = 0;
  for (const Column& column : kColumns) {
    columns.push_back(&column);
    width += column.width + 1;
  }
  while (width - 1 >= terminal.columns && columns.size() > 1) {
    const auto last =
        std::max_element(columns.begin(), columns.end(),
                         [](const Column* a, const Column* b) { return a->rank < b->rank; });
    width -= (*last)->width + 1;
    columns.erase(last);
  }
  return columns;
}

template <class Text>
std::string row(const Columns& columns, const Text& text_of) {
  std::string out;
  for (const Column* column : columns) {
    const std::string text = text_of(*column);
    if (!out.empty()) out += ' ';
    out += column->side == '<' ? fmt::format("{:<{}}", cut(text, column->width), column->width)
                               : fmt::format("{:>{}}", text, column->width);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string details(const Run& run, const Terminal& terminal) {
  const RunStatus& status = run.status;
  std::string out =
      fmt::format("{}, {}, {}, {}", as_clock(run.seconds), counted(status.documents, "document"),
                  counted(status.lines, "line"), counted(status.threads, "thread"));
  if (status.reductions > 0) out += ", " + counted(status.reductions, "reduction");
  if (run.quiet()) out += fmt::format(", quiet for {}", as_clock(run.age_seconds));
  const std::size_t room = terminal.columns - std::min(terminal.columns, kIndent + 1);
  if (out.size() + 2 < room && !status.model.empty()) {
    out += ", " + end_of(printable_name(status.model), room - out.size() - 2);
  }
  return cut(out, room);
}

std::string summary(std::span<const Run> runs, std::span<const MemoryLimit> limits) {
  double rate = 0;
  std::map<pid_t, std::size_t> memory;  // runs of one process share it
  for (const Run& run : runs) {
    rate += run.windows_per_second();
    memory[run.process.pid] = run.status.resident_bytes;
  }
  std::size_t bytes = 0;
  for (const auto& [pid, resident] : memory) bytes += resident;
  std::string out = fmt::format("{}, {} windows/s, {}", counted(runs.size(), "run"),
                                rate_text(rate), as_bytes(bytes));
  if (!limits.empty()) {
    out += fmt::format("; {} left of {}", as_bytes(limits.front().left()), limits.front().name);
  }
  return out;
}

}  // namespace

std::string top_table(std::span<const RunningPrediction> runs, std::span<const MemoryLimit> limits,
                      const Terminal& terminal) {
  constexpr std::size_t kRowsAbove = 3, kRowsBelow = 1;
  const std::size_t room = terminal.columns - 1;
  const bool low = terminal.rows > 0;
  const std::size_t rows =
      low ? terminal.rows - std::min(terminal.rows, kRowsAbove + kRowsBelow) : 2 * runs.size();
  const bool with_details = 2 * runs.size() <= rows;
  const Columns columns = columns_for(terminal);
  std::string out = cut(summary(runs, limits), room) + "\n\n";
  const auto heading = [](const Column& column) { return std::string(column.heading); };
  out += styled(cut(row(columns, heading), room), Style::kBold, terminal) + "\n";
  for (const Run& run : runs.first(std::min(runs.size(), rows))) {
    const auto text = [&](const Column& column) { return column.text(run); };
    out += cut(row(columns, text), room) + "\n";
    if (!with_details) continue;
    out += fmt::format("{:{}}{}\n", "", kIndent,
                       styled(details(run, terminal), Style::kDim, terminal));
  }
  if (runs.size() > rows) out += fmt::format("and {} more\n", runs.size() - rows);
  return out;
}

}  // namespace skol
