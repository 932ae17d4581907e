// SPDX-License-Identifier: Apache-2.0
#include "features/term_counter.h"

#include <algorithm>
#include <numeric>

namespace skol {

void TermCounter::add(std::string_view term, std::uint64_t line) {
  const std::uint32_t index = terms_.insert(term);
  if (index >= counts_.size()) counts_.resize(std::size_t{index} + 1);
  Counts& counts = counts_[index];
  if (counts.lines == 0 || counts.last_line != line) ++counts.lines;
  counts.last_line = line;
  ++counts.count;
}

std::vector<CountedTerm> TermCounter::most_frequent(std::size_t limit) const {
  std::vector<std::uint32_t> order(counts_.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  const auto before = [this](std::uint32_t left, std::uint32_t right) {
    if (counts_[left].count != counts_[right].count) {
      return counts_[left].count > counts_[right].count;
    }
    return terms_.term(left) < terms_.term(right);  // string_view compares bytes as unsigned
  };
  const std::size_t kept = std::min(limit, order.size());
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(kept);
  std::nth_element(order.begin(), end, order.end(), before);
  std::sort(order.begin(), end, before);

  std::vector<CountedTerm> result;
  result.reserve(kept);
  for (auto at = order.begin(); at != end; ++at) {
    result.push_back({std::string(terms_.term(*at)), counts_[*at].count, counts_[*at].lines});
  }
  return result;
}

}  // namespace skol
