// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skol {

// What a line weighs in the loss by its label, where raw = lines / (labels x lines of the label).
enum class WeightStrategy {
  kNone,        // 1
  kBalanced,    // raw
  kInverse,     // raw, scaled so that the rarest label gets the most and the commonest the least
  kAggressive,  // raw squared, scaled likewise
};

struct WeightRange {
  double min_weight = 0.1;
  double max_weight = 100;
};

// Whether a user named weights, "NAME=W,NAME=W", rather than a strategy.
bool names_weights(std::string_view text);
// Error kParameter unless it is a strategy or named weights.
void check_class_weights(std::string_view text);
// Those weights by label. Error kParameter for anything else than finite numbers of 0 or more, and
// for a label named twice.
std::map<std::string, double> parse_named_weights(std::string_view text);

// From "none", "balanced", "inverse" or "aggressive"; else Error kParameter naming the nearest.
WeightStrategy parse_weight_strategy(std::string_view name);

// A weight for every label from its number of training lines. The range is that of kInverse and
// kAggressive: raw weights are mapped to it linearly, all to its middle where they are equal.
// Labels without lines count as no label and weigh 1. Throws Error kParameter unless
// 0 <= min_weight <= max_weight < infinity.
std::vector<double> class_weights(std::span<const std::uint64_t> line_counts,
                                  WeightStrategy strategy, const WeightRange& range = {});

}  // namespace skol
