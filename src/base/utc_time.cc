// SPDX-License-Identifier: Apache-2.0
#include "base/utc_time.h"

namespace skol {

std::string utc_text(std::time_t time) {
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string utc_now() {
  return utc_text(std::time(nullptr));
}

}  // namespace skol
