// SPDX-License-Identifier: Apache-2.0
#include "base/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace skol {
namespace {

constexpr std::size_t kMostBytes = 64;

// Edit distance in which a byte left out costs 1, one too many or another one 3: who names an
// option writes the part he remembers.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> distances(to.size() + 1);  // from a prefix of `from` to each of `to`
  std::iota(distances.begin(), distances.end(), std::size_t{0});
  for (const char byte : from) {
    std::size_t diagonal = distances[0];
    distances[0] += 3;
    for (std::size_t i = 0; i < to.size(); ++i) {
      const std::size_t replaced = diagonal + (byte == to[i] ? 0 : 3);
      diagonal = distances[i + 1];
      distances[i + 1] = std::min({replaced, distances[i] + 1, distances[i + 1] + 3});
    }
  }
  return distances.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  if (known.empty()) return {};
  const std::string_view start = name.substr(0, kMostBytes);
  return *std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return edit_distance(start, a.substr(0, kMostBytes)) <
           edit_distance(start, b.substr(0, kMostBytes));
  });
}

}  // namespace skol
