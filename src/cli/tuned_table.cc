// SPDX-License-Identifier: Apache-2.0
#include "cli/tuned_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/sizes.h"
#include "cli/help_text.h"
#include "prediction/tuned_model.h"
#include "text/findings.h"

namespace skol {
namespace {

constexpr std::size_t kFigureColumns = 10 + 13 + 13;
constexpr std::string_view kChosen = " <--";
// In fewer columns a bar says nothing.
constexpr std::size_t kLeastBarColumns = 8;

std::string size_in_table(std::uint64_t bytes) {
  return size_text(bytes, SizeUnits::kBinary);
}

// A model file may claim any speed.
std::string rate_text(double windows_per_second) {
  constexpr double kMostInCommas = 1e9;
  if (windows_per_second >= kMostInCommas) return fmt::format("{:.2e}", windows_per_second);
  if (windows_per_second < 10) return fmt::format("{:.1f}", windows_per_second);
  return with_commas(static_cast<std::size_t>(std::lround(windows_per_second)));
}

// In eighths of a column where the terminal has the characters for it.
std::string bar_text(double share, std::size_t columns, const Terminal& terminal) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double length = share * static_cast<double>(columns);
  if (!terminal.unicode) return std::string(static_cast<std::size_t>(std::lround(length)), '#');
  const auto eighths = static_cast<std::size_t>(std::lround(8 * length));
  std::string bar;
  for (std::size_t i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kEighths[eighths % 8];
}

std::size_t bar_columns(const Terminal& terminal) {
  const std::size_t taken = kFigureColumns + 2 + kChosen.size();
  const std::size_t left = terminal.columns - std::min(terminal.columns, taken);
  return left < kLeastBarColumns ? 0 : left;
}

}  // namespace

std::string tuned_table(const TuningRecord& record, const Terminal& terminal) {
  double fastest = 0;
  for (const auto& point : record.points) fastest = std::max(fastest, point.windows_per_second);
  std::string out = styled(fmt::format("{:>10}{:>13}{:>13}", "batch size", "memory", "windows/s"),
                           Style::kBold, terminal) +
                    "\n";
  for (const TuningRecord::Point& point : record.points) {
    const bool chosen = point.batch_size == record.prediction_batch_size;
    const double share = fastest > 0 ? point.windows_per_second / fastest : 0;
    const std::string bar = bar_text(share, bar_columns(terminal), terminal);
    out += fmt::format("{:>10}{:>13}{:>13}  {}{}\n", point.batch_size, size_in_table(point.bytes),
                       rate_text(point.windows_per_second),
                       chosen ? styled(bar, Style::kGreen, terminal) : bar, chosen ? kChosen : "");
  }
  out += "\n";
  out += paragraph(fmt::format("prediction_batch_size {}: {}", record.prediction_batch_size,
                               printable_name(record.reason)));
  out += paragraph(
      fmt::format("Memory is {} + batch size x {}; no point is further off than {:.3g} %.",
                  size_in_table(record.base_bytes), size_in_table(record.window_bytes),
                  100 * record.fit_error));
  out += paragraph(fmt::format("Measured {} on {} ({}, {}).", printable_name(record.date),
                               hardware_text(record.hardware), printable_name(record.device),
                               printable_name(record.precision)));
  return out;
}

}  // namespace skol
