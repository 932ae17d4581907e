// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core_limits.h"
#include "base/memory_limits.h"
#include "cli/doctor_report.h"
#include "prediction/status_folder.h"

namespace skol {

// The command itself: version, build, where it is.
Section skol_section();

// `processor` as base/hardware.h names it; limits the tightest first.
Section processor_section(const std::string& processor, std::span<const CoreLimit> limits);

// A SIMD target that this machine can run, and whether it gives the bits of the plain loops.
struct CheckedTarget {
  std::string_view name;
  bool right = false;
};
std::vector<CheckedTarget> check_targets();
// Targets the best first.
Section simd_section(std::span<const CheckedTarget> targets);

// Limits that with the least left first.
Section memory_section(std::span<const MemoryLimit> limits);

// Where runs started from here are published for `skol top`.
Section status_section(const StatusFolders& folders);

}  // namespace skol
