// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skol {

// Where a line stands between blank ones. Counts end at kMost: more say no more.
struct BlockPlace {
  static constexpr std::uint32_t kMost = 30;
  std::uint32_t blanks_before = 0, blanks_after = 0;  // blank lines next to the line
  std::uint32_t lines_before = 0, lines_after = 0;    // of the same block of text
};

// What is a number of a line and makes a feature by the class that it falls in. The order is part
// of the model file.
inline constexpr std::size_t kLineNumbers = 6;   // length, indentation, words; % capitals, digits,
                                                 // punctuation
inline constexpr std::size_t kBlockNumbers = 5;  // blank lines before and after, lines before and
                                                 // after, lines of the block
inline constexpr std::size_t kLayoutNumbers = kLineNumbers + kBlockNumbers;
inline constexpr std::size_t kMostClasses = 12;  // each is below it

using LayoutClasses = std::array<std::uint8_t, kLayoutNumbers>;

// Of a line with so many words. Linear in the line.
LayoutClasses layout_classes(std::string_view line, std::size_t words, const BlockPlace& place);

}  // namespace skol
