// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "base/memory_limits.h"
#include "cli/terminal.h"
#include "prediction/running_predictions.h"

namespace skol {

// Running predictions: their sum and the memory that is left, then for each a row of figures and a
// line below it with its model. `limits` as memory_limits() gives them. Where the terminal is
// narrow, columns are left out; where it is low, first the lines below, then runs, which are
// counted.
std::string top_table(std::span<const RunningPrediction> runs, std::span<const MemoryLimit> limits,
                      const Terminal& terminal);

}  // namespace skol
