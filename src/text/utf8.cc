// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace skol {
namespace {

// What may follow a lead byte (Unicode 15, table 3-7). length 0: not a lead byte.
struct Lead {
  std::size_t length;
  unsigned char second_min;
  unsigned char second_max;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

struct Sequence {
  std::size_t size;
  bool well_formed;
};

Sequence sequence_at(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const Lead lead = lead_of(byte(i));
  if (lead.length <= 1) return {1, lead.length == 1};
  std::size_t size = 1;
  for (; size < lead.length && i + size < text.size(); ++size) {
    const unsigned char low = size == 1 ? lead.second_min : 0x80;
    const unsigned char high = size == 1 ? lead.second_max : 0xBF;
    if (byte(i + size) < low || byte(i + size) > high) break;
  }
  return {size, size == lead.length};
}

// The first byte at or after i that is not ASCII: nearly all of a text is passed here.
std::size_t skip_ascii(std::string_view text, std::size_t i) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  for (; i + sizeof(std::uint64_t) <= text.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof(word));
    if ((word & kHighBits) != 0) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

std::optional<IllFormed> find_ill_formed(std::string_view text, std::size_t from) {
  for (std::size_t i = skip_ascii(text, from); i < text.size(); i = skip_ascii(text, i)) {
    const Sequence sequence = sequence_at(text, i);
    if (!sequence.well_formed) return IllFormed{i, sequence.size};
    i += sequence.size;
  }
  return std::nullopt;
}

std::string replace_ill_formed(std::string_view text) {
  std::string replaced;
  replaced.reserve(text.size());
  std::size_t done = 0;
  for (auto part = find_ill_formed(text); part; part = find_ill_formed(text, done)) {
    replaced.append(text, done, part->offset - done);
    replaced.append("\xEF\xBF\xBD");
    done = part->offset + part->size;
  }
  replaced.append(text, done);
  return replaced;
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace skol
