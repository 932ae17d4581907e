// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "prediction/memory_plan.h"
#include "skol/predictor.h"

namespace skol {

// The most windows of a call, as skol/options.h has it.
inline constexpr std::size_t kMostPredictionBatchSize = std::size_t{1} << 24;

// `asked` where it fits in the budget, else the largest size that does. `whose` says in the reason
// where the size is from. Error kMemory, as of check_one_window().
BatchChoice fitting_choice(const MemoryPlan& plan, const MemoryBudget& budget, std::size_t asked,
                           const std::string& whose);

// Error kMemory with the bytes needed, those there and the least budget where not even one window
// fits.
void check_one_window(const MemoryPlan& plan, const MemoryBudget& budget);

// "memory_budget 40.0 MiB, of which one of 4 processes has 10.0 MiB".
std::string budget_text(const MemoryBudget& budget);

}  // namespace skol
