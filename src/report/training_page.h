// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/json_report.h"

namespace skol {

// The page of a training, from the JSON that `skol train` prints: loss and score by epoch, and what
// each label scored. `made_by`: the command. Error kParameter for a key that is not of its kind.
std::string training_page(const Json& json, const std::string& made_by);

}  // namespace skol
