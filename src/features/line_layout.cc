// SPDX-License-Identifier: Apache-2.0
#include "features/line_layout.h"

#include <algorithm>
#include <initializer_list>

#include "features/characters.h"
#include "features/tokenizer.h"

namespace skol {
namespace {

// What a line has of each kind of character.
struct Counts {
  std::size_t length = 0, capitals = 0, letters = 0, digits = 0, marks = 0;
};

// What one byte adds to five counts, 12 bits each: one addition a byte for all of them.
constexpr std::size_t kBits = 12, kMostAtOnce = (std::size_t{1} << kBits) - 1;

constexpr std::uint64_t share_of(char byte) {
  const std::array<bool, 5> counted = {
      !continues(byte), is_capital(byte),
      is_small(byte) || is_capital(byte) || (!is_ascii(byte) && !continues(byte)), is_digit(byte),
      is_ascii(byte) && !is_of_word(byte) && !is_separator(byte)};
  std::uint64_t share = 0;
  for (std::size_t i = 0; i < counted.size(); ++i) share |= std::uint64_t{counted[i]} << i * kBits;
  return share;
}

constexpr std::array<std::uint64_t, 256> kShares = [] {
  std::array<std::uint64_t, 256> shares{};
  for (std::size_t byte = 0; byte < shares.size(); ++byte) {
    shares[byte] = share_of(static_cast<char>(byte));
  }
  return shares;
}();

Counts count(std::string_view text) {
  Counts counts;
  for (; !text.empty(); text.remove_prefix(std::min(kMostAtOnce, text.size()))) {
    std::uint64_t sum = 0;
    for (const char byte : text.substr(0, kMostAtOnce)) {
      sum += kShares[static_cast<unsigned char>(byte)];
    }
    for (std::size_t* const count :
         {&counts.length, &counts.capitals, &counts.letters, &counts.digits, &counts.marks}) {
      *count += sum & kMostAtOnce;
      sum >>= kBits;
    }
  }
  return counts;
}

std::size_t percent(std::size_t part, std::size_t all) {
  return 100 * part / std::max<std::size_t>(all, 1);
}

// How many of the limits, which ascend, are below the value.
std::uint8_t class_of(std::size_t value, std::initializer_list<std::size_t> limits) {
  std::uint8_t number = 0;
  for (const std::size_t limit : limits)
    number = static_cast<std::uint8_t>(number + (limit < value));
  return number;
}

}  // namespace

// Limits are close where most lines are.
LayoutClasses layout_classes(std::string_view line, std::size_t words, const BlockPlace& place) {
  std::size_t begin = 0, end = line.size();
  while (begin < end && is_separator(line[begin])) ++begin;
  while (end > begin && is_separator(line[end - 1])) --end;
  const Counts counts = count(line.substr(begin, end - begin));
  return {class_of(counts.length, {3, 8, 15, 25, 35, 45, 55, 65, 75, 90, 120}),
          class_of(begin, {0, 1, 2, 4, 8, 16}),
          class_of(words, {1, 2, 3, 4, 6, 8, 10, 12, 15}),
          class_of(percent(counts.capitals, counts.letters), {0, 2, 5, 10, 15, 25, 50, 80}),
          class_of(percent(counts.digits, counts.length), {0, 2, 5, 10, 20, 40}),
          class_of(percent(counts.marks, counts.length), {0, 2, 4, 7, 10, 20, 40}),
          class_of(place.blanks_before, {0, 1, 2, 3}),
          class_of(place.blanks_after, {0, 1, 2, 3}),
          class_of(place.lines_before, {0, 1, 2, 3, 5, 8, 12, 20}),
          class_of(place.lines_after, {0, 1, 2, 3, 5, 8, 12, 20}),
          class_of(place.lines_before + place.lines_after + 1, {1, 2, 3, 4, 6, 9, 14, 25})};
}

}  // namespace skol
