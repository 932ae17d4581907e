// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace skol {

// Widths, in CSS pixels, at which charts are drawn for a narrow screen and for a wide one.
inline constexpr double kNarrowChart = 360, kWideChart = 860;

// The style sheet of every report. Text has a contrast of at least 4.5 to what is behind it, shapes
// of at least 3, in both colour schemes.
extern const char* const kPageStyle;

}  // namespace skol
