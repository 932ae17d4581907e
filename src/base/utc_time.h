// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <string>

namespace skol {

// A time in UTC as ISO 8601, to the second: 2026-11-23T19:41:52Z.
std::string utc_text(std::time_t time);
std::string utc_now();

}  // namespace skol
