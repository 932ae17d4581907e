// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "text/findings.h"

namespace skol {

inline constexpr std::string_view kBlockOpener = "[@";
inline constexpr std::string_view kBlockEnd = "*]";

// A block `[@text#label*]` in a source. The views are parts of the source.
struct Block {
  std::size_t begin;      // of `[@`
  std::size_t end;        // after `*]`
  std::string_view text;  // without the one space that may pad it on either side
  std::string_view label;
};

struct BlockScan {
  std::vector<Block> blocks;  // in order, disjoint
  Findings findings;
};

// Finds the blocks of an annotated text:
//   block := "[@" text "#" label "*]"     label := [A-Za-z][A-Za-z0-9_-]*
// A block ends at the first `#label*]`; until then `#`, `*]` and `[` are text. A `[@` within an
// open block leaves that one unterminated, and begins another. Everything outside blocks is text.
// Each byte is looked at a bounded number of times.
BlockScan scan_blocks(std::string_view source);

// Whether `name` can stand as the label of a block.
bool is_label_name(std::string_view name);

}  // namespace skol
