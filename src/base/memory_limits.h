// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace skol {

// A limit on memory that counts for this process, and what counts against it now.
struct MemoryLimit {
  std::string name;  // "memory of the host", "RLIMIT_AS", "cgroup memory.max of /a/b", ...
  std::uint64_t bytes = 0;
  std::uint64_t used = 0;  // by all who share the limit, this process included
  std::uint64_t left() const { return bytes > used ? bytes - used : 0; }
};

// Every limit on the memory of this process, that with the least left first. `root` is the folder
// in which /proc and /sys are looked for: "" but in tests. A limit that the system does not tell,
// or not in a form that can be read, is not among them; nothing else is an error. Reads some ten
// small files: not for hot loops.
std::vector<MemoryLimit> memory_limits(const std::string& root = "");

}  // namespace skol
