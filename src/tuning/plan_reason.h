// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tuning/plan.h"

namespace skol {

// Why a plan recommends what it does: what binds, what could be raised, what comes next and what to
// change for it, and where measured points or the guide say something else. Of `plan`, the rows,
// largest_safe and the recommendation are there.
std::vector<std::string> explain(const Plan& plan);

// Throws the Error kMemory for a plan of which the least row is too large.
[[noreturn]] void fail_nothing_fits(const Plan& plan, const PlanRow& least);

}  // namespace skol
