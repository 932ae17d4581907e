// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/in_quotes.h"
#include "base/memory_limits.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/gpu_use.h"
#include "cli/screen.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "cli/top_table.h"
#include "prediction/running_predictions.h"
#include "report/running_json.h"

namespace skol {
namespace {

struct TopArguments {
  bool once = false;
  bool json = false;
  double interval = 1;
};

void declare(CommandLine& line, TopArguments& arguments) {
  line.add_flag("--once", arguments.once, "Output", "print what runs now and end");
  line.add_flag("--json", arguments.json, "Output",
                "print a JSON object a line for each run, at every interval");
  line.add_option({"--interval", "SECONDS", "Output", "time from one look to the next", "1"},
                  [&](const std::string& text) {
                    constexpr double kLeast = 0.1, kMost = 3600;
                    const char* const end = text.data() + text.size();
                    const auto [stopped, error] =
                        std::from_chars(text.data(), end, arguments.interval);
                    if (error != std::errc() || stopped != end || !(arguments.interval >= kLeast) ||
                        arguments.interval > kMost) {
                      fail_usage("--interval is {}: expected seconds, {} to {}", in_quotes(text),
                                 kLeast, kMost);
                    }
                  });
}

std::string nothing_runs(const StatusFolders& folders) {
  if (!folders.problem.empty()) return folders.problem + "\n";
  return fmt::format("no prediction of user {} is running on this host\n", ::geteuid());
}

// NVML takes a tenth of a second; a driver that is ill, for ever.
constexpr std::chrono::seconds kGpuPatience{5};

// Asked for only where a run is on one.
std::optional<GpuMemories> gpus_of(std::span<const RunningPrediction> runs) {
  if (std::ranges::none_of(runs, is_on_gpu)) return std::nullopt;
  return ask_gpus(kGpuPatience);
}

std::string table(const StatusFolders& folders, Terminal terminal) {
  const auto runs = running_predictions(folders);
  if (runs.empty()) return nothing_runs(folders);
  std::string below;
  if (const auto gpus = gpus_of(runs)) {
    for (const std::string& line : gpu_lines(*gpus, runs)) {
      below += line + "\n";
      if (terminal.rows > 1) --terminal.rows;
    }
  }
  return top_table(runs, memory_limits(), terminal) + below;
}

std::string json_lines(const StatusFolders& folders) {
  std::string out;
  const auto runs = running_predictions(folders);
  const std::optional<GpuMemories> gpus = gpus_of(runs);
  for (const RunningPrediction& run : runs) {
    Json report = running_report(run);
    report["gpu"] = gpus ? gpu_of_run(*gpus, run) : Json(nullptr);
    out += to_line(report);
  }
  return out;
}

void watch(const StatusFolders& folders, double interval) {
  Screen screen;
  while (true) {
    screen.draw(table(folders, terminal_of(STDOUT_FILENO)));
    const std::optional<char> key = screen.wait_for_key(interval);
    if (key == 'q' || key == 'Q') return;
  }
}

}  // namespace

int top_command(Arguments given) {
  CommandLine line("skol top",
                   "Shows the predictions of this user that run on this host, those of Python and "
                   "of Spark workers too: batch size, windows a second, memory and what is left of "
                   "it. On a terminal the table is drawn anew every second, and q ends it.");
  TopArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;

  const StatusFolders folders = StatusFolders::to_read();
  Terminal terminal = terminal_of(STDOUT_FILENO);
  if (arguments.json) {
    std::string lines = json_lines(folders);
    if (lines.empty()) print_to_stderr(nothing_runs(folders));
    print_to_stdout(lines);
    while (!arguments.once) {
      wait(arguments.interval);
      print_to_stdout(json_lines(folders));
    }
  } else if (arguments.once || !terminal.interactive) {
    terminal.rows = 0;
    print_to_stdout(table(folders, terminal));
  } else {
    watch(folders, arguments.interval);
  }
  return kExitDone;
}

}  // namespace skol
