// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tuning/plan.h"

namespace skol {

// A plan as a page: who shares the memory at each size, what an executor takes by batch size, every
// row, and the reason. `made_by` is the command or call, empty where it is not known.
std::string plan_page(const Plan& plan, const std::string& made_by = "");

}  // namespace skol
