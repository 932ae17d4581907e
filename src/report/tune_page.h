// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/json_report.h"

namespace skol {

// What `skol tune --json` prints as a page: the memory line with the points that were measured, the
// throughput by batch size, the choice and its reason. `made_by` is the command or call, empty
// where it is not known. Error kParameter for JSON of another kind.
std::string tune_page(const Json& tune, const std::string& made_by = "");

}  // namespace skol
