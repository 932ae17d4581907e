// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/terminal.h"
#include "tuning/plan.h"
#include "tuning/workload.h"

namespace skol {

// A row a batch size, what a Spark job would be cut into where windows were given, and the reason.
std::string plan_table(const Plan& plan, const Terminal& terminal);

// What a profile says of text, in sentences.
std::string workload_text(const Workload& workload, std::size_t batch_size);

}  // namespace skol
