// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/kernel_files.h"
#include "base/memory_limits.h"
#include "base/sizes.h"
#include "skol/memory.h"

namespace skol {
namespace {

// A group is charged for page tables, stacks in the kernel and pages it just freed, besides what
// the process holds: measured at 0.5 to 0.9 MiB for one that holds 20 to 200 MiB.
constexpr std::uint64_t kKernelBytes = std::uint64_t{1} << 20;

bool is_of_one_process(const MemoryLimit& limit) {
  return limit.name.starts_with("RLIMIT_");
}

// The bytes that a process which holds `held` may come to hold under a limit.
std::uint64_t share_of(const MemoryLimit& limit, const BudgetRequest& request, std::size_t sharers,
                       std::uint64_t held) {
  if (is_of_one_process(limit)) {
    return held + limit.left() - std::min(limit.left(), request.reserved_addresses);
  }
  const std::uint64_t kept = limit.name.starts_with("cgroup") ? kKernelBytes : 0;
  const std::uint64_t left = limit.left() - std::min(limit.left(), kept);
  // Where the others have begun, what is left is divided; where they have not, all of it would be
  // theirs as well, hence no more than the share of the whole.
  return std::min(limit.bytes / sharers, held + left / sharers);
}

MemoryBudget least_of(const std::vector<MemoryLimit>& limits, const BudgetRequest& request,
                      std::size_t sharers, std::uint64_t held) {
  MemoryBudget least;
  least.held = held;
  for (const MemoryLimit& limit : limits) {
    const std::uint64_t bytes = share_of(limit, request, sharers, held);
    if (bytes >= least.bytes) continue;
    least.bytes = bytes;
    least.limit = limit.name;
    least.limit_bytes = limit.bytes;
    least.executors = is_of_one_process(limit) ? 1 : sharers;
  }
  return least;
}

}  // namespace

std::uint64_t MemoryBudget::least_limit(std::uint64_t needed) const {
  if (!is_there() || needed <= bytes) return limit_bytes;
  return limit_bytes + executors * (needed - bytes);
}

MemoryBudget memory_budget(const BudgetRequest& request, const std::string& root) {
  const std::size_t sharers = std::max<std::size_t>(1, request.executors);
  const std::uint64_t held = bytes_after(root + "/proc/self/status", "VmRSS:").value_or(0);
  const std::vector<MemoryLimit> limits = memory_limits(root);
  MemoryBudget budget = least_of(limits, request, sharers, held);
  if (request.memory_budget.empty()) return budget;
  const std::uint64_t whole = std::min(kMostBytes, least_of(limits, request, 1, held).bytes);
  const std::uint64_t given =
      parse_size_or_percentage("memory_budget", request.memory_budget, whole).bytes;
  if (given == 0) {
    fail(ErrorKind::kParameter, "memory_budget is {}: expected more than 0",
         in_quotes(request.memory_budget));
  }
  if (given / sharers >= budget.bytes) return budget;
  return {given / sharers, held, "memory_budget", given, sharers};
}

}  // namespace skol
