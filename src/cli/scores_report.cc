// SPDX-License-Identifier: Apache-2.0
#include "cli/scores_report.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/fail.h"
#include "cli/report_json.h"
#include "cli/report_table.h"
#include "cli/standard_output.h"

namespace skol {

void report_scores(const Evaluation& evaluation, const DiagnosticsLog& diagnostics, bool strict,
                   bool json, const std::string& inputs) {
  if (strict) diagnostics.fail_if_any();
  if (evaluation.empty()) {
    fail(ErrorKind::kInput, "no labelled line in {}: expected blocks like [@ text #Label*]",
         inputs);
  }
  if (const std::string summary = diagnostics.summary(); !summary.empty()) {
    warn(fmt::format("{} (--diagnostics lists them)", summary));
  }
  const Scores scores = evaluation.scores();
  if (json) {
    print_to_stdout(scores_json(scores, diagnostics));
  } else {
    const Terminal terminal = terminal_of(STDOUT_FILENO);
    print_to_stdout(scores_table(scores, terminal) + "\n" + confusion_table(scores, terminal));
  }
}

}  // namespace skol
