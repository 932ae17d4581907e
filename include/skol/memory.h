// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace skol {

// What asks for a budget, and for how many.
struct BudgetRequest {
  // A size or a percentage, as people write them; empty: only what the system sets counts.
  std::string memory_budget;
  // Processes that share the memory, this one included. Each gets the same share of what all of
  // them see; RLIMIT_AS and RLIMIT_DATA are of one process and not divided.
  std::size_t executors = 1;
  // Addresses the process will reserve and hardly touch, such as the stacks of threads: they count
  // for RLIMIT_AS alone.
  std::uint64_t reserved_addresses = 0;
};

// What one process may use of memory, all in all, and what says so.
struct MemoryBudget {
  static constexpr std::uint64_t kNone = UINT64_MAX;

  std::uint64_t bytes = kNone;
  std::uint64_t held = 0;         // of them, by this process now
  std::string limit;              // as MemoryLimit::name, or "memory_budget"; empty: there is none
  std::uint64_t limit_bytes = 0;  // what that is set to
  std::size_t executors = 1;      // that it is divided by

  bool is_there() const { return bytes != kNone; }
  // What the limit would have to be for the process to get `needed` bytes.
  std::uint64_t least_limit(std::uint64_t needed) const;
};

// The least of all limits. `root` as of memory_limits(). A percentage is of what the budget would
// be without it. Error kParameter for a memory_budget that is no size, or none at all.
MemoryBudget memory_budget(const BudgetRequest& request, const std::string& root = "");

}  // namespace skol
