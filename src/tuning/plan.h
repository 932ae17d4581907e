// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/sizes.h"
#include "tuning/shared_memory.h"

namespace skol {

// What a plan is made from.
struct PlanRequest {
  // Not empty. The first is the one the network computes in: a device's, or else the host's.
  std::vector<SharedMemory> memories;
  std::vector<MemoryPoint> points;       // the line of the first was fitted to; empty: it was given
  std::size_t executors = 1;             // processes that predict at the same time
  std::vector<std::size_t> batch_sizes;  // to choose from; empty: any
  std::size_t windows = 0;               // of the whole job in Spark; 0: no advice on partitions
  SizeUnits units = SizeUnits::kBinary;  // of sizes in texts
  std::vector<std::string> notes = {};   // what else is known, for the end of the reason
};

// A batch size, with the figures of the memory that is the fullest at it.
struct PlanRow {
  std::size_t batch_size = 0;
  std::size_t memory = 0;  // index in PlanRequest::memories
  std::uint64_t executor_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::int64_t free_bytes = 0;  // negative where there is too little
  Verdict verdict = Verdict::kSafe;
};

// What a number of partitions would mean for each of them.
struct PartitionRow {
  std::size_t partitions = 0;
  std::size_t windows = 0;  // of the largest
  std::size_t calls = 0;
};

struct Plan {
  PlanRequest request;
  std::vector<PlanRow> rows;                         // of the sizes asked for, in their order
  std::size_t largest_safe = 0;                      // of all whole numbers; 0: none
  std::optional<std::size_t> prediction_batch_size;  // the largest safe size to choose from
  std::vector<std::string> reason;                   // a sentence or two each
  std::vector<PartitionRow> partitions;
};

// Arithmetic only: nothing is measured or looked up. Without sizes to choose from the rows are
// those of the guide on batch sizes and the largest safe one. Error kMemory, with the bytes needed
// and there, where no size fits at all.
Plan make_plan(PlanRequest request);

}  // namespace skol
