// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prediction/memory_plan.h"
#include "tuning/plan_options.h"
#include "tuning/workload.h"

namespace skol {

// The plan for executors that each predict with one model, of which `memory` is the memory model.
// Without host_memory there is what the system leaves this process. Errors as of
// parse_plan_options() and make_plan().
Plan plan_for_model(PlanOptions options, const MemoryPlan& memory,
                    const std::optional<Workload>& workload);

}  // namespace skol
