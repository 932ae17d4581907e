// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/terminal.h"
#include "skol/tuned.h"

namespace skol {

// What was measured, a row a batch size with a bar for its speed, and below it what was chosen, why
// and on what. The same for a tuning that was just made and one that a model remembers.
std::string tuned_table(const TuningRecord& record, const Terminal& terminal);

}  // namespace skol
