// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "report/html_page.h"
#include "report/json_report.h"

namespace skol {

// The part of a prediction's page that is about the partitions of a Spark job: `stats` has them
// under `partitions`, each with started and ended (seconds since 1970 by the clock of its worker),
// seconds, lines, windows and predict_calls. Without `partitions`, nothing.
void add_partitions(HtmlPage& page, const Json& stats);

// From the first start of a partition to the last end; nothing where none is known.
std::optional<double> wall_seconds(const Json& stats);

// "12.3", "0.012", "1,234".
std::string seconds_text(double seconds);

}  // namespace skol
