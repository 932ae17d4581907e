// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "cli/doctor_report.h"

namespace skol {

// The Redis server at `uri`, empty where none is named. `required` where the user asked for it.
Section redis_section(const std::string& uri, bool required, std::chrono::milliseconds timeout);

}  // namespace skol
