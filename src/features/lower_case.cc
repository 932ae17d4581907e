// SPDX-License-Identifier: Apache-2.0
#include "features/lower_case.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skol {
namespace {

using CodePoint = utf8proc_int32_t;

constexpr CodePoint kCapitalIWithDot = 0x130;
constexpr CodePoint kCombiningDotAbove = 0x307;
constexpr CodePoint kCapitalSigma = 0x3A3;
constexpr CodePoint kFinalSigma = 0x3C2;
constexpr CodePoint kNoCodePoint = -1;

constexpr std::uint64_t every_byte(std::uint64_t byte) {
  return byte * 0x0101010101010101u;
}
constexpr std::uint64_t kHighBits = every_byte(0x80);

// Lower case of eight ASCII bytes at once: a byte's high bit is set by the first sum from 'A' on,
// by the second from 'Z' + 1 on; where they differ stands a capital, and 0x80 >> 2 is the case bit.
std::uint64_t lower_ascii(std::uint64_t bytes) {
  const std::uint64_t from_a = bytes + every_byte(0x80 - 'A');
  const std::uint64_t after_z = bytes + every_byte(0x80 - 'Z' - 1);
  return bytes | (((from_a ^ after_z) & kHighBits) >> 2);
}

char lower_ascii(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}

struct Decoded {
  CodePoint code_point;  // kNoCodePoint where the bytes are not UTF-8
  std::size_t length;    // at least 1
};

Decoded decode_at(std::string_view text, std::size_t at) {
  CodePoint code_point = kNoCodePoint;
  // Never more than the four bytes of one code point, so that a longer text needs no larger type.
  const std::size_t length = std::min<std::size_t>(4, text.size() - at);
  const auto read = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                     static_cast<utf8proc_ssize_t>(length), &code_point);
  if (read <= 0) return {kNoCodePoint, 1};
  return {code_point, static_cast<std::size_t>(read)};
}

// The code point that ends just before `end`, which is not 0.
Decoded decode_before(std::string_view text, std::size_t end) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, end); ++length) {
    const Decoded decoded = decode_at(text, end - length);
    if (decoded.code_point != kNoCodePoint && decoded.length == length) return decoded;
  }
  return {kNoCodePoint, 1};
}

template <std::size_t N>
bool in_ranges(const std::array<std::array<CodePoint, 2>, N>& ranges, CodePoint code_point) {
  return std::any_of(ranges.begin(), ranges.end(), [code_point](const auto& range) {
    return code_point >= range[0] && code_point <= range[1];
  });
}

// Unicode's Cased: letters with case, and what Other_Lowercase and Other_Uppercase add to them
// (PropList.txt), except the two ordinal indicators, as in Java.
bool is_cased(CodePoint code_point) {
  static constexpr std::array<std::array<CodePoint, 2>, 9> kOther = {{{0x2B0, 0x2B8},
                                                                      {0x2C0, 0x2C1},
                                                                      {0x2E0, 0x2E4},
                                                                      {0x345, 0x345},
                                                                      {0x37A, 0x37A},
                                                                      {0x1D2C, 0x1D6A},
                                                                      {0x2090, 0x209C},
                                                                      {0x2160, 0x217F},
                                                                      {0x24B6, 0x24E9}}};
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
      return true;
    default:
      return in_ranges(kOther, code_point);
  }
}

// Unicode's Case_Ignorable: marks, formats, modifiers, and the punctuation that may stand inside a
// word (Word_Break MidLetter, MidNumLet and Single_Quote).
bool is_case_ignorable(CodePoint code_point) {
  static constexpr std::array<CodePoint, 15> kInsideWords = {
      0x27,   0x2E,   0x3A,   0xB7,   0x387,  0x55F,  0x5F4, 0x2018,
      0x2019, 0x2024, 0x2027, 0xFE13, 0xFE52, 0xFE55, 0xFF07};
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return std::binary_search(kInsideWords.begin(), kInsideWords.end(), code_point) ||
             code_point == 0xFF0E || code_point == 0xFF1A;
  }
}

// Unicode's condition Final_Sigma (The Unicode Standard, table 3-17) for the sigma at `begin`: a
// cased letter before it and none behind it, whatever case-ignorable characters lie between. Both
// looks end at the next sigma, so that all of them together read the text at most twice.
bool is_final_sigma(std::string_view text, std::size_t begin, std::size_t end) {
  bool cased_before = false;
  while (begin > 0) {
    const Decoded before = decode_before(text, begin);
    cased_before = is_cased(before.code_point);
    if (cased_before || !is_case_ignorable(before.code_point)) break;
    begin -= before.length;
  }
  if (!cased_before) return false;
  while (end < text.size()) {
    const Decoded behind = decode_at(text, end);
    if (is_cased(behind.code_point)) return false;
    if (!is_case_ignorable(behind.code_point)) break;
    end += behind.length;
  }
  return true;
}

char* encode(CodePoint code_point, char* out) {
  return out + utf8proc_encode_char(code_point, reinterpret_cast<utf8proc_uint8_t*>(out));
}

// Writes the lower case of the code point at `at`, moves `at` behind it, returns the end of what
// was written.
char* lower_code_point(std::string_view text, std::size_t& at, char* out) {
  const std::size_t begin = at;
  const Decoded decoded = decode_at(text, begin);
  at += decoded.length;
  switch (decoded.code_point) {
    case kNoCodePoint:
      *out = text[begin];
      return out + 1;
    case kCapitalIWithDot:
      return encode(kCombiningDotAbove, encode('i', out));
    case kCapitalSigma:
      if (is_final_sigma(text, begin, at)) return encode(kFinalSigma, out);
      [[fallthrough]];
    default:
      return encode(utf8proc_tolower(decoded.code_point), out);
  }
}

}  // namespace

std::string_view lower_case(std::string_view text, std::string& buffer) {
  // No mapping needs more than 3/2 of its bytes ('İ' and 'Ⱥ' go from two to three).
  const std::size_t most = text.size() + text.size() / 2 + 1;
  if (buffer.size() < most) buffer.resize(most);
  char* out = buffer.data();
  std::size_t at = 0;
  while (at < text.size()) {
    for (std::uint64_t bytes; text.size() - at >= sizeof bytes;) {
      std::memcpy(&bytes, text.data() + at, sizeof bytes);
      if ((bytes & kHighBits) != 0) break;
      bytes = lower_ascii(bytes);
      std::memcpy(out, &bytes, sizeof bytes);
      at += sizeof bytes;
      out += sizeof bytes;
    }
    while (at < text.size() && is_ascii(text[at])) *out++ = lower_ascii(text[at++]);
    if (at < text.size()) out = lower_code_point(text, at, out);
  }
  return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

}  // namespace skol
