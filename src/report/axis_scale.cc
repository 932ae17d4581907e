// SPDX-License-Identifier: Apache-2.0
#include "report/axis_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/counted.h"

namespace skol {
namespace {

// Beyond it doubles do not hold every whole number, and labels would lie.
constexpr double kMostWhole = double{std::uint64_t{1} << 53U};

struct UnitName {
  double size;
  const char* name;
};

// The largest unit that `most` has at least one of.
UnitName unit_name(double most, Unit unit) {
  if (unit == Unit::kSeconds) return {1, " s"};
  if (unit != Unit::kBinaryBytes && unit != Unit::kDecimalBytes) return {1, ""};
  constexpr const char* kNames[2][6] = {{" B", " KiB", " MiB", " GiB", " TiB", " PiB"},
                                        {" B", " kB", " MB", " GB", " TB", " PB"}};
  const bool decimal = unit == Unit::kDecimalBytes;
  const double step = decimal ? 1000 : 1024;
  double size = 1;
  std::size_t power = 0;
  for (; most / size >= step && power + 1 < std::size(kNames[0]); ++power) size *= step;
  return {size, kNames[decimal ? 1 : 0][power]};
}

// The least of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) that is at least `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    // Of a quotient that should be 2 but came out a little larger, 2 is meant.
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string number_text(double value, double step) {
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  if (digits > 0 || value > kMostWhole) return fmt::format("{:.{}f}", value, digits);
  return with_commas(static_cast<std::size_t>(std::llround(value)));
}

}  // namespace

Unit unit_of(SizeUnits units) {
  return units == SizeUnits::kDecimal ? Unit::kDecimalBytes : Unit::kBinaryBytes;
}

double AxisScale::at(double value) const {
  const auto along = [this](double x) { return logarithmic ? std::log2(x) : x; };
  const double share = (along(value) - along(low)) / (along(high) - along(low));
  return std::clamp(share, 0.0, 1.0);
}

AxisScale linear_scale(double most, Unit unit, std::size_t intervals) {
  if (!(most > 0)) most = 1;
  const UnitName name = unit_name(most, unit);
  double step = round_step(most / name.size / static_cast<double>(intervals));
  // There is no half of a line, nor of a byte.
  if (unit != Unit::kNumber && unit != Unit::kSeconds && name.size == 1) step = std::max(step, 1.0);
  AxisScale scale;
  const auto steps =
      static_cast<std::size_t>(std::max(1.0, std::ceil(most / name.size / step - 1e-9)));
  for (std::size_t i = 0; i <= steps; ++i) {
    const double value = static_cast<double>(i) * step;
    const std::string label = i == 0 ? "0" : number_text(value, step) + name.name;
    scale.ticks.push_back({value * name.size, label});
  }
  scale.high = scale.ticks.back().value;
  return scale;
}

AxisScale log_scale(double least, double most, std::size_t intervals) {
  const auto first = static_cast<int>(std::floor(std::log2(std::max(1.0, least)) + 1e-9));
  auto last = static_cast<int>(std::ceil(std::log2(std::max(1.0, most)) - 1e-9));
  last = std::max(last, first + 1);
  const auto powers = static_cast<std::size_t>(last - first);
  const auto stride = static_cast<int>((powers + intervals - 1) / intervals);
  // The last tick is the end of the axis.
  last = first + (last - first + stride - 1) / stride * stride;
  AxisScale scale{std::exp2(first), std::exp2(last), true, {}};
  for (int power = first; power <= last; power += stride) {
    scale.ticks.push_back({std::exp2(power), number_text(std::exp2(power), 1)});
  }
  return scale;
}

}  // namespace skol
