// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/terminal.h"
#include "skol/metrics.h"

namespace skol {

// Precision, recall and F1 of each label that occurs, the most frequent first, and the means.
std::string scores_table(const Scores& scores, const Terminal& terminal);

// The confusion matrix where it fits the columns, else its most frequent errors.
std::string confusion_table(const Scores& scores, const Terminal& terminal);

}  // namespace skol
