// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace skol::bench {

// The arguments that every engine of a task takes, in C++ and in Python (harness/engine.py).
struct EngineArguments {
  std::string model, workload, output;
  std::vector<std::size_t> batch_sizes{1};
  std::size_t threads = 1;
  std::string precision = "fp32";
  std::size_t passes = 5;
  double pass_seconds = 0.3;  // about as long as a pass is to be
  bool memory = false;        // one batch of each size, ascending, and the peak after each
};

// Parses them; ends the process on --help or a mistake, as CLI11 does.
EngineArguments parse_engine_arguments(int argc, char** argv, const char* what);

inline double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Windows a second of each pass. `run(n)` does the first n batches of `batch_size` windows; a pass
// has as many as fit into pass_seconds, at least 1 and at most `batches`.
std::vector<double> windows_per_second(const EngineArguments& arguments, std::size_t batch_size,
                                       std::size_t batches,
                                       const std::function<void(std::size_t)>& run);

// The answers, float32, to compare before any time counts.
void write_answers(const std::string& path, const std::vector<float>& values);

}  // namespace skol::bench
