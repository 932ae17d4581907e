// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace skol {

// How a process of our own ended, and what it wrote to standard output and error.
struct ChildAnswer {
  bool timed_out = false;
  int status = 0;      // its exit status, 128 + signal, kNotStarted
  std::string output;  // at most 64 KiB

  static constexpr int kNotStarted = 127;
  bool ok() const { return !timed_out && status == 0; }
};

// Does `work` in a process of its own, with nothing on standard input, and ends that process and
// all it started after `timeout`: for what may hang or crash, as a driver's library may. To be
// called while this process has one thread. Throws Interrupted, and nothing else but for want of
// memory.
ChildAnswer in_child(const std::function<int()>& work, std::chrono::milliseconds timeout);

// The same for a program, which is looked for in PATH where its name has no slash.
ChildAnswer run_program(const std::vector<std::string>& words, std::chrono::milliseconds timeout);

}  // namespace skol
