// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/sizes.h"

namespace skol {

// What is counted along an axis.
enum class Unit {
  kNumber,        // any number
  kCount,         // whole numbers
  kSeconds,       // 0.5 s, 20 s
  kBinaryBytes,   // 500 MiB, 1.5 GiB
  kDecimalBytes,  // 500 MB, 1.5 GB
};

Unit unit_of(SizeUnits units);

struct Tick {
  double value;
  std::string label;
};

// The range of an axis, whose ends are ticks, and where on it a value lies.
struct AxisScale {
  double low = 0, high = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks;

  // 0 at low, 1 at high; what lies outside is at the nearer end. A logarithmic value is positive.
  double at(double value) const;
};

// From 0 to at least `most`, which is not negative, in at most `intervals` (1 or more) steps of 1,
// 2 or 5 times a power of ten of one unit.
AxisScale linear_scale(double most, Unit unit, std::size_t intervals);

// From a power of two to a power of two, both whole numbers, around [least, most]; 1 <= least.
AxisScale log_scale(double least, double most, std::size_t intervals);

}  // namespace skol
