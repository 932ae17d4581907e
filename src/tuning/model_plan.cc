// SPDX-License-Identifier: Apache-2.0
#include "tuning/model_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "network/network.h"

namespace skol {
namespace {

// The sizes of the tuning guide: the line that is reported goes through what they take.
constexpr std::size_t kGuideSizes[] = {16, 32, 48, 64, 96, 128, 256};

MemoryLine nearest_line(const MemoryPlan& memory) {
  std::vector<MemoryPoint> points;
  // Of the steady state: where loading takes more than it, all sizes take the same.
  for (const std::size_t size : kGuideSizes) {
    points.push_back({size, memory.base_bytes() + memory.batch_bytes(size)});
  }
  return fit_memory_line(points);
}

std::string where_speed_ends(const MemoryPlan& memory) {
  const std::size_t full = memory.threads * kMicroBatchWindows;
  return fmt::format(
      "Executors of {} {} are at full speed from {} on: more windows a call take memory and gain "
      "little. The batch size auto measures it.",
      memory.threads, memory.threads == 1 ? "thread" : "threads", full);
}

}  // namespace

Plan plan_for_model(PlanOptions options, const MemoryPlan& memory,
                    const std::optional<Workload>& workload) {
  std::string whose;
  if (!options.host_memory && !options.device_memory) {
    const MemoryBudget there = memory_budget({});
    options.host_memory = std::to_string(std::min(there.bytes, kMostBytes));
    whose = fmt::format("Without host_memory it is what {} leaves here.", there.limit);
  }
  if (workload && workload->windows > 0 && !options.windows) {
    options.windows = std::to_string(workload->windows);
  }
  PlanRequest request = parse_plan_options(
      options, {nearest_line(memory), [memory](std::size_t size) { return memory.bytes(size); }});
  request.notes.push_back(where_speed_ends(memory));
  if (!whose.empty()) request.notes.push_back(whose);
  return make_plan(std::move(request));
}

}  // namespace skol
