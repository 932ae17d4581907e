// SPDX-License-Identifier: Apache-2.0
#include "tuning/plan.h"

#include <algorithm>
#include <utility>

#include "base/fail.h"
#include "tuning/plan_reason.h"

namespace skol {
namespace {

// The sizes that the guide on batch sizes speaks of.
constexpr std::size_t kGuideSizes[] = {16, 32, 48, 64, 96, 128, 256};

PlanRow row_of(const PlanRequest& request, std::size_t batch_size) {
  PlanRow fullest;
  double most = -1;
  for (std::size_t i = 0; i < request.memories.size(); ++i) {
    const SharedMemory& memory = request.memories[i];
    const std::uint64_t total = memory.total(request.executors, batch_size);
    if (memory.share(total) <= most) continue;
    most = memory.share(total);
    fullest = {batch_size,
               i,
               memory.each(batch_size),
               total,
               static_cast<std::int64_t>(memory.bytes) - static_cast<std::int64_t>(total),
               memory.verdict(total)};
  }
  return fullest;
}

std::size_t largest_safe_batch(const PlanRequest& request) {
  std::size_t least = kMostBatchSize;
  for (const SharedMemory& memory : request.memories) {
    least = std::min(least, memory.largest_safe_batch(request.executors));
  }
  return least;
}

// The guide's sizes and the largest safe one, or 1. Where all of these are safe, one that is not.
std::vector<std::size_t> sizes_around(std::size_t largest_safe) {
  std::vector<std::size_t> sizes(std::begin(kGuideSizes), std::end(kGuideSizes));
  if (largest_safe >= sizes.back() && largest_safe <= kMostBatchSize / 2) {
    sizes.push_back(2 * largest_safe);
  }
  sizes.push_back(std::max<std::size_t>(1, largest_safe));
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

bool smaller(const PlanRow& a, const PlanRow& b) {
  return a.batch_size < b.batch_size;
}

std::optional<std::size_t> largest_safe_row(const std::vector<PlanRow>& rows) {
  std::optional<std::size_t> largest;
  for (const PlanRow& row : rows) {
    if (row.verdict == Verdict::kSafe) {
      largest = std::max(largest.value_or(0), row.batch_size);
    }
  }
  return largest;
}

std::size_t ceil_divided(std::size_t dividend, std::size_t divisor) {
  return dividend / divisor + (dividend % divisor > 0 ? 1 : 0);
}

// 2 to 4 for each executor: enough for the last to finish near the others, few enough for full
// batches.
std::vector<PartitionRow> partition_rows(const PlanRequest& request, std::size_t batch_size) {
  std::vector<PartitionRow> rows;
  for (const std::size_t each : {2, 3, 4}) {
    const std::size_t partitions = each * request.executors;
    const std::size_t windows = ceil_divided(request.windows, partitions);
    rows.push_back({partitions, windows, ceil_divided(windows, batch_size)});
  }
  return rows;
}

}  // namespace

Plan make_plan(PlanRequest request) {
  Plan plan;
  plan.request = std::move(request);
  plan.largest_safe = largest_safe_batch(plan.request);
  const auto sizes =
      plan.request.batch_sizes.empty() ? sizes_around(plan.largest_safe) : plan.request.batch_sizes;
  for (const std::size_t size : sizes) plan.rows.push_back(row_of(plan.request, size));
  const PlanRow& least = *std::min_element(plan.rows.begin(), plan.rows.end(), smaller);
  if (least.verdict == Verdict::kTooLarge) fail_nothing_fits(plan, least);
  plan.prediction_batch_size = largest_safe_row(plan.rows);
  if (plan.request.windows > 0 && plan.prediction_batch_size) {
    plan.partitions = partition_rows(plan.request, *plan.prediction_batch_size);
  }
  plan.reason = explain(plan);
  plan.reason.insert(plan.reason.end(), plan.request.notes.begin(), plan.request.notes.end());
  return plan;
}

}  // namespace skol
