// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "features/vocabulary.h"

namespace skol {

struct CountedTerm {
  std::string term;
  std::uint64_t count;  // occurrences in all lines
  std::uint64_t lines;  // lines it occurs in
};

// Counts the terms of training lines. Memory follows the distinct terms.
class TermCounter {
 public:
  // One occurrence in the line with this number; line numbers never descend.
  void add(std::string_view term, std::uint64_t line);

  // At most `limit` terms by count descending, then by UTF-8 bytes ascending.
  std::vector<CountedTerm> most_frequent(std::size_t limit) const;

 private:
  struct Counts {
    std::uint64_t count = 0;
    std::uint64_t lines = 0;
    std::uint64_t last_line = 0;  // meaningful where lines > 0
  };

  Vocabulary terms_;
  std::vector<Counts> counts_;  // by index in terms_
};

}  // namespace skol
