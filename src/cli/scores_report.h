// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/diagnostics_log.h"
#include "training/evaluation.h"

namespace skol {

// The end of a verb that scores: what the reading found, then the scores on standard output.
// `inputs` names the gold documents in messages. Error kInput where no line was scored, or, with
// `strict`, for any irregularity of the annotation.
void report_scores(const Evaluation& evaluation, const DiagnosticsLog& diagnostics, bool strict,
                   bool json, const std::string& inputs);

}  // namespace skol
