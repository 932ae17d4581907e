// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "cli/terminal.h"

namespace skol {

struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;  // 0: unknown, as of a pipe
  std::size_t units = 0;  // what the rate counts
  std::string status{};   // the first to go where the line is too narrow
};

// One line of at most `columns` characters: title, bar, share, rate, time to go, status.
std::string render_progress(std::string_view title, std::string_view unit, const Progress& progress,
                            double elapsed_seconds, const Terminal& terminal);

// A line on a terminal that is redrawn at most ten times a second and erased at the end. Draws
// nothing where nobody watches. Thread-safe.
class ProgressBar {
 public:
  using Write = std::function<void(std::string_view)>;
  using Clock = std::function<double()>;  // seconds from any moment

  // On standard error.
  ProgressBar(std::string title, std::string unit);
  // `write` and `now` in the place of standard error and the steady clock.
  ProgressBar(std::string title, std::string unit, Terminal terminal, Write write, Clock now);
  ~ProgressBar() { erase(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(const Progress& progress);
  // A line that stays, above the bar; also where there is no bar.
  void print_line(std::string_view line);
  void erase();

 private:
  void erase_drawn();

  std::mutex mutex_;
  std::string title_, unit_;
  Terminal terminal_;
  Write write_;
  Clock now_;
  double begin_;
  double next_draw_ = 0;
  bool drawn_ = false;
};

}  // namespace skol
