// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tuning/plan.h"

namespace skol {

// What a plan can be told, as it is written on the command line and in Python.
struct PlanOptions {
  using Text = std::optional<std::string>;
  Text base_memory, window_memory, points;
  Text host_base_memory, host_window_memory;
  Text device_memory, host_memory;
  Text executors = "1";
  Text batch_sizes, windows;
};

// What an executor takes of host memory, where a model says it.
struct ExecutorMemory {
  MemoryLine line;
  std::function<std::uint64_t(std::size_t batch_size)> exact;
};

// An option, declared once: visit_plan_options calls visit(option, value) for each.
struct PlanOption {
  const char* name;
  const char* placeholder;
  const char* group;
  const char* help;
};

template <class Options, class Visitor>
void visit_plan_options(Options& o, Visitor&& visit) {
  constexpr const char* kTakes = "What an executor takes";
  constexpr const char* kThere = "What there is";
  constexpr const char* kSizes = "Sizes and partitions";
  visit(
      PlanOption{"base_memory", "SIZE", kTakes, "whatever the batch size: weights, fixed buffers"},
      o.base_memory);
  visit(PlanOption{"window_memory", "SIZE", kTakes, "for each window of a batch"}, o.window_memory);
  visit(PlanOption{"points", "N=SIZE,...", kTakes,
                   "instead of these two: what was measured at two batch sizes or more; the line "
                   "through them gives base and window"},
        o.points);
  visit(PlanOption{"host_base_memory", "SIZE", kTakes,
                   "of host memory besides, such as the process itself"},
        o.host_base_memory);
  visit(PlanOption{"host_window_memory", "SIZE", kTakes,
                   "of host memory besides, for each window of a batch"},
        o.host_window_memory);
  visit(PlanOption{"device_memory", "SIZE", kThere, "memory of the GPU that the executors share"},
        o.device_memory);
  visit(PlanOption{"host_memory", "SIZE", kThere,
                   "host memory they share; without --device-memory the network computes there"},
        o.host_memory);
  visit(PlanOption{"executors", "N", kThere,
                   "processes that predict at the same time (in Spark a Python worker for each "
                   "task that runs, not an executor)"},
        o.executors);
  visit(PlanOption{"batch_sizes", "N,N,...", kSizes, "to choose from; without it any whole number"},
        o.batch_sizes);
  visit(PlanOption{"windows", "N", kSizes,
                   "of the whole job: says how many Spark partitions to make of it"},
        o.windows);
}

// Error kParameter for what is missing, doubled or not of its kind. Messages name options as here,
// with underscores.
PlanRequest parse_plan_options(const PlanOptions& options);
// For executors that a model says all of: base and window are not to be given.
PlanRequest parse_plan_options(const PlanOptions& options, const ExecutorMemory& executor);

}  // namespace skol
