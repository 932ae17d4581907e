// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prediction/running_predictions.h"
#include "report/json_report.h"

namespace skol {

// One run as `skol top --json` has it. What also stands in the report of a prediction has the same
// key there.
Json running_report(const RunningPrediction& run);

}  // namespace skol
