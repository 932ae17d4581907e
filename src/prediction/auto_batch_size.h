// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.h"
#include "features/vectorizer.h"
#include "network/network.h"
#include "prediction/memory_plan.h"
#include "skol/predictor.h"

namespace skol {

// The batch size that is fastest within the budget: the memory model says what fits, and a few
// sizes are timed on lines made up. Never takes more than the budget, and about a second. Error
// kMemory as of check_one_window().
BatchChoice auto_choice(const MemoryPlan& plan, const MemoryBudget& budget, const Network& network,
                        const Vectorizer& vectorizer, ThreadPool& pool);

}  // namespace skol
