// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace skol {

// One process and no other for as long as the machine is up: numbers of processes are used again,
// with another start, and containers number theirs anew.
struct ProcessIdentity {
  std::uint64_t pid_namespace = 0;  // the inode of /proc/PID/ns/pid
  pid_t pid = 0;
  std::uint64_t start = 0;  // in clock ticks since the machine was booted

  bool operator==(const ProcessIdentity&) const = default;
};

// Nothing where there is no /proc.
std::optional<ProcessIdentity> this_process();

// Whether a process of this namespace runs: one that has ended and waits for its parent does not.
bool is_running(const ProcessIdentity& process);

// Number and start from a line of /proc/PID/stat; nothing for one that has ended, or another text.
std::optional<ProcessIdentity> parse_process_stat(const std::string& line);

}  // namespace skol
