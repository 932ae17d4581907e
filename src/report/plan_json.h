// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/json_report.h"
#include "tuning/plan.h"

namespace skol {

// A plan with the keys that scripts rely on. Rows name their memory where there are two; partitions
// are there where windows were given.
Json plan_report(const Plan& plan);

}  // namespace skol
