// SPDX-License-Identifier: Apache-2.0
#include "cli/diagnostics_log.h"

#include <vector>

#include "base/fail.h"
#include "cli/terminal.h"

namespace skol {

void DiagnosticsLog::add(std::span<const Diagnostic> diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (total_ == 0) first_ = to_string(diagnostic);
    total_ += diagnostic.count;
    kinds_[std::string(name(diagnostic.kind))] += diagnostic.count;
    if (notice_) notice_(to_string(diagnostic));
  }
}

std::string DiagnosticsLog::summary() const {
  if (total_ == 0) return "";
  std::vector<std::string> parts;
  for (const auto& [kind, count] : kinds_) {
    parts.push_back(fmt::format("{} {}", with_commas(count), kind));
  }
  return fmt::format("{} {} in the annotation: {}", with_commas(total_),
                     total_ == 1 ? "irregularity" : "irregularities", fmt::join(parts, ", "));
}

void DiagnosticsLog::fail_if_any() const {
  if (total_ == 0) return;
  fail(ErrorKind::kInput, "--strict: {}; {} in all, correct them or leave --strict out", first_,
       with_commas(total_));
}

}  // namespace skol
