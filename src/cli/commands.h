// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.h"

namespace skol {

// The verbs, a file each. They parse, call the library and print; what goes wrong is thrown.
int train_command(Arguments arguments);
int predict_command(Arguments arguments);
int evaluate_command(Arguments arguments);
int score_command(Arguments arguments);
int tune_command(Arguments arguments);
int plan_command(Arguments arguments);
int top_command(Arguments arguments);
int doctor_command(Arguments arguments);
int models_command(Arguments arguments);
int view_command(Arguments arguments);
int review_command(Arguments arguments);
int serve_command(Arguments arguments);

}  // namespace skol
