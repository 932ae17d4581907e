// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/json_report.h"
#include "tuning/plan.h"
#include "tuning/workload.h"

namespace skol {

// A plan with the keys that scripts rely on. Rows name their memory where there are two; partitions
// are there where windows were given.
Json plan_report(const Plan& plan);

// A profile, with the calls at a batch size.
Json workload_report(const Workload& workload, std::size_t batch_size);

}  // namespace skol
