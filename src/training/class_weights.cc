// SPDX-License-Identifier: Apache-2.0
#include "training/class_weights.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"

namespace skol {
namespace {

// In the order of WeightStrategy.
constexpr std::array<std::string_view, 4> kNames = {"none", "balanced", "inverse", "aggressive"};

void check(const WeightRange& range) {
  if (range.min_weight >= 0 && range.min_weight <= range.max_weight &&
      std::isfinite(range.max_weight)) {
    return;
  }
  fail(ErrorKind::kParameter,
       "min_weight {} and max_weight {}, expected finite numbers with 0 <= min_weight <= "
       "max_weight: change one of them",
       range.min_weight, range.max_weight);
}

// lines / (labels x lines of the label), 1 for labels without lines.
std::vector<double> balanced_weights(std::span<const std::uint64_t> line_counts) {
  double lines = 0;
  double labels = 0;
  for (const std::uint64_t count : line_counts) {
    lines += static_cast<double>(count);
    labels += count > 0 ? 1 : 0;
  }
  std::vector<double> weights;
  for (const std::uint64_t count : line_counts) {
    weights.push_back(count > 0 ? lines / (labels * static_cast<double>(count)) : 1);
  }
  return weights;
}

// Maps the weights of labels with lines linearly to the range.
void scale(std::span<const std::uint64_t> line_counts, const WeightRange& range,
           std::vector<double>& weights) {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (std::size_t label = 0; label < weights.size(); ++label) {
    if (line_counts[label] == 0) continue;
    least = std::min(least, weights[label]);
    most = std::max(most, weights[label]);
  }
  for (std::size_t label = 0; label < weights.size(); ++label) {
    if (line_counts[label] == 0) continue;
    const double share = most > least ? (weights[label] - least) / (most - least) : 0.5;
    // std::lerp meets both ends exactly and never leaves the range.
    weights[label] = std::lerp(range.min_weight, range.max_weight, share);
  }
}

}  // namespace

bool names_weights(std::string_view text) {
  return text.find('=') != text.npos;
}

std::map<std::string, double> parse_named_weights(std::string_view text) {
  std::map<std::string, double> weights;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view item = text.substr(begin, end - begin);
    const std::size_t equals = std::min(item.rfind('='), item.size());
    const std::string_view number = item.substr(std::min(equals + 1, item.size()));
    double weight = -1;
    const auto [stopped, error] =
        std::from_chars(number.data(), number.data() + number.size(), weight);
    const bool whole = error == std::errc() && stopped == number.data() + number.size();
    if (!whole || !std::isfinite(weight) || weight < 0 || equals == 0) {
      fail(ErrorKind::kParameter,
           "class weights {}, expected LABEL=WEIGHT with a weight of 0 or more, as in "
           "Nomenclature=10,Description=2",
           in_quotes(item));
    }
    if (!weights.emplace(item.substr(0, equals), weight).second) {
      fail(ErrorKind::kParameter, "class weights name {} twice: leave one out",
           in_quotes(item.substr(0, equals)));
    }
    begin = end + 1;
  }
  return weights;
}

WeightStrategy parse_weight_strategy(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    fail(ErrorKind::kParameter,
         "class weights {}, expected none, balanced, inverse or aggressive: did you mean {}?",
         in_quotes(name), nearest_name(name, kNames));
  }
  return static_cast<WeightStrategy>(found - kNames.begin());
}

void check_class_weights(std::string_view text) {
  if (names_weights(text)) {
    parse_named_weights(text);
  } else {
    parse_weight_strategy(text);
  }
}

std::vector<double> class_weights(std::span<const std::uint64_t> line_counts,
                                  WeightStrategy strategy, const WeightRange& range) {
  check(range);
  if (strategy == WeightStrategy::kNone) return std::vector<double>(line_counts.size(), 1.0);
  std::vector<double> weights = balanced_weights(line_counts);
  if (strategy == WeightStrategy::kBalanced) return weights;
  if (strategy == WeightStrategy::kAggressive) {
    for (double& weight : weights) weight *= weight;
  }
  scale(line_counts, range, weights);
  return weights;
}

}  // namespace skol
