// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/memory_line.h"
#include "base/sizes.h"
#include "report/line_chart.h"

namespace skol {

// What a process takes by batch size: base + batch size x window, from 0 to most_x windows, and the
// points that were measured. Limits and the choice are the caller's to add.
LineChart memory_chart(const MemoryLine& line, const std::vector<MemoryPoint>& points,
                       double most_x, SizeUnits units);

// What the line has at a batch size; at most kMostBytes, where MemoryLine::bytes() fails.
std::uint64_t line_bytes(const MemoryLine& line, std::size_t batch_size);

// "250 MiB and 20.0 MiB more for each window of a batch", "2.00 GB whatever the batch size".
std::string line_text(const MemoryLine& line, SizeUnits units);

}  // namespace skol
