// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/json_report.h"

namespace skol {

// A run of prediction as a page, from the object that `skol predict --json` prints or stats_ holds:
// its figures, memory, how full the calls were and, where Spark ran it, its partitions over time.
// `made_by` is the command or call, empty where it is not known. An empty object, which is what
// Spark Connect brings back, makes a page that says so. Error kParameter for JSON of another kind.
std::string prediction_page(const Json& stats, const std::string& made_by = "");

}  // namespace skol
