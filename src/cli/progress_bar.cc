// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "cli/standard_output.h"

namespace skol {
namespace {

constexpr double kSecondsBetweenDraws = 0.1;
constexpr std::size_t kMostBarColumns = 24;
constexpr std::size_t kLeastBarColumns = 6;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string draw_bar(double share, std::size_t columns, const Terminal& terminal) {
  const auto full = static_cast<std::size_t>(std::lround(share * static_cast<double>(columns)));
  std::string done, rest;
  for (std::size_t i = 0; i < full; ++i) done += "━";
  for (std::size_t i = full; i < columns; ++i) rest += terminal.colour ? "━" : "·";
  return styled(done, Style::kGreen, terminal) + styled(rest, Style::kDim, terminal);
}

}  // namespace

std::string render_progress(std::string_view title, std::string_view unit, const Progress& progress,
                            double elapsed_seconds, const Terminal& terminal) {
  const double rate = static_cast<double>(progress.units) / std::max(elapsed_seconds, 1e-3);
  std::string facts = fmt::format("{} {}/s", with_commas(static_cast<std::size_t>(rate)), unit);
  double share = 0;
  if (progress.total > 0) {
    share = std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
    const double left = share > 0 ? elapsed_seconds * (1 - share) / share : 0;
    facts = fmt::format("{:3.0f}%  {}  ETA {}", 100 * share, facts,
                        share > 0 ? as_clock(left) : "-:--");
  }
  // A column stays free: a terminal that is full to the last one moves to the next line.
  const std::size_t columns = terminal.columns - 1;
  std::string line = fmt::format("{}  ", title);
  std::size_t used = line.size() + facts.size();
  if (progress.total > 0 && used + kLeastBarColumns + 2 <= columns) {
    const std::size_t with_status = used + progress.status.size() + 4;
    const std::size_t room = columns - std::min(columns, with_status);
    const std::size_t bar = std::clamp(room, kLeastBarColumns, kMostBarColumns);
    line += draw_bar(share, bar, terminal) + "  ";
    used += bar + 2;
  }
  line += facts;
  if (!progress.status.empty() && used + 2 + progress.status.size() <= columns) {
    line += "  " + progress.status;
  }
  return used <= columns ? line : line.substr(0, columns);
}

ProgressBar::ProgressBar(std::string title, std::string unit)
    : ProgressBar(std::move(title), std::move(unit), terminal_of(STDERR_FILENO), print_to_stderr,
                  steady_seconds) {}

ProgressBar::ProgressBar(std::string title, std::string unit, Terminal terminal, Write write,
                         Clock now)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      terminal_(terminal),
      write_(std::move(write)),
      now_(std::move(now)),
      begin_(now_()) {}

void ProgressBar::update(const Progress& progress) {
  if (!terminal_.interactive) return;
  const std::lock_guard lock(mutex_);
  const double elapsed = now_() - begin_;
  if (elapsed < next_draw_) return;
  next_draw_ = elapsed + kSecondsBetweenDraws;
  write_(fmt::format("\r{}\033[K", render_progress(title_, unit_, progress, elapsed, terminal_)));
  drawn_ = true;
}

void ProgressBar::print_line(std::string_view line) {
  const std::lock_guard lock(mutex_);
  erase_drawn();
  write_(fmt::format("{}\n", line));
}

void ProgressBar::erase() {
  const std::lock_guard lock(mutex_);
  erase_drawn();
}

void ProgressBar::erase_drawn() {
  if (drawn_) write_("\r\033[K");
  drawn_ = false;
}

}  // namespace skol
