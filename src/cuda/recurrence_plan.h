// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "base/round_up.h"
#include "cuda/bf16_recurrence.h"
#include "cuda/recurrence.h"

namespace skol::cuda {

// What of a device decides how a kernel is laid out.
struct DeviceLimits {
  std::uint32_t shared_bytes = 48u << 10;  // of a block, at most
  std::uint32_t multiprocessors = 1;
  bool clusters = false;  // compute capability 9.0 and later
};

// The forms of the recurrence: with 16 rows of each quarter in registers, for windows many and few;
// without, for layers so small that a quarter has not 16 rows, and for blocks of 1024 threads,
// which have half the registers each.
using RecurrenceWide = Recurrence<2, 16, 512>;
using RecurrenceNarrow = Recurrence<1, 16, 512>;
using RecurrenceShared = Recurrence<1, 0, 1024>;

// How a layer of so many units is computed on a device, whatever the batch.
struct RecurrencePlan {
  bool stepwise = false;  // a launch or two a step: weights do not fit on chip
  bool registers = false;
  bool bf16 = false;  // by Bf16Recurrence; places.in_shared counts its fragments of depth
  std::uint32_t cluster = 1;
  WeightPlaces places = {};
  std::uint32_t shared_limit = 0;

  // Windows of a group, for `windows` in all: as few as keep every multiprocessor busy with its
  // share, as many as shared memory holds. 32 is enough to hide what is not a multiply-add.
  std::uint32_t slice(std::uint32_t units, std::uint32_t windows,
                      std::uint32_t multiprocessors) const {
    constexpr std::uint32_t kMost = 32;
    const std::uint32_t groups = std::max(1u, multiprocessors / (2 * cluster));
    const std::uint32_t share = (windows + groups - 1) / groups;
    const std::uint32_t tile = bf16 || (registers && share > 4) ? 8 : 4;
    std::uint32_t slice = std::min(kMost, (share + tile - 1) / tile * tile);
    while (slice > tile && bytes(units, slice) > shared_limit) slice -= tile;
    return slice;
  }
  std::size_t bytes(std::uint32_t units, std::uint32_t slice) const {
    return bf16 ? Bf16Recurrence::shared_bytes(units, cluster, slice, places.in_shared)
                : RecurrenceWide::shared_bytes(units, cluster, slice, places.in_shared);
  }
};

// The smallest cluster whose blocks hold the weights on chip. Where there are no clusters, what
// does not fit is read from the second-level cache at every step, as long as one block has a thread
// for each quarter of a unit.
inline RecurrencePlan plan_recurrence(std::uint32_t units, const DeviceLimits& limits) {
  constexpr std::uint32_t kLeastSlice = 8, kInRegisters = RecurrenceWide::kInRegisters;
  const std::uint32_t quarter = units / 4;
  RecurrencePlan plan;
  plan.shared_limit = limits.shared_bytes;
  plan.registers = quarter >= kInRegisters;
  plan.places.in_shared = quarter - (plan.registers ? kInRegisters : 0);
  for (plan.cluster = 1; plan.cluster <= (limits.clusters ? 8 : 1); plan.cluster *= 2) {
    // Threads come in whole warps, of eight units.
    if (units % (8 * plan.cluster) != 0 || 4 * units / plan.cluster > RecurrenceWide::kThreads) {
      continue;
    }
    if (plan.bytes(units, kLeastSlice) <= limits.shared_bytes) return plan;
  }
  plan.cluster = 1;
  if (4 * units > RecurrenceShared::kThreads) {
    plan.stepwise = true;
    return plan;
  }
  plan.registers = plan.registers && 4 * units <= RecurrenceWide::kThreads;
  std::uint32_t left = quarter - (plan.registers ? kInRegisters : 0);
  plan.places = {left, 0};
  while (plan.places.in_shared > 0 && plan.bytes(units, kLeastSlice) > limits.shared_bytes) {
    plan.places.in_shared -= 4;
    plan.places.in_global += 4;
  }
  plan.stepwise = plan.bytes(units, kLeastSlice) > limits.shared_bytes;
  return plan;
}

// The same for bf16: all weights on chip, or step by step.
inline RecurrencePlan plan_bf16_recurrence(std::uint32_t units, const DeviceLimits& limits) {
  const std::uint32_t depth = units / kFragmentDepth;
  RecurrencePlan plan;
  plan.bf16 = true;
  plan.shared_limit = limits.shared_bytes;
  plan.places.in_shared = depth - std::min(depth, Bf16Recurrence::kInRegisters);
  for (plan.cluster = 1; plan.cluster <= (limits.clusters ? 8 : 1); plan.cluster *= 2) {
    if (units % (8 * plan.cluster) != 0 || 4 * units / plan.cluster > Bf16Recurrence::kThreads) {
      continue;
    }
    if (plan.bytes(units, Bf16Recurrence::kTile) <= limits.shared_bytes) return plan;
  }
  plan.cluster = 1;
  plan.stepwise = true;
  return plan;
}

}  // namespace skol::cuda
