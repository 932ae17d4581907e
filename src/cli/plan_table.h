// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/terminal.h"
#include "tuning/plan.h"

namespace skol {

// A row a batch size, what a Spark job would be cut into where windows were given, and the reason.
std::string plan_table(const Plan& plan, const Terminal& terminal);

}  // namespace skol
