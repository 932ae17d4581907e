// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace skol {

// Kinds of bytes of UTF-8, as the rich features see them.
constexpr bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}
constexpr bool is_capital(char byte) {
  return byte >= 'A' && byte <= 'Z';
}
constexpr bool is_small(char byte) {
  return byte >= 'a' && byte <= 'z';
}
constexpr bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}
// Behind the first byte of a code point.
constexpr bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}
// Letters and digits; every character beyond ASCII is taken for a letter here.
constexpr bool is_of_word(char byte) {
  return !is_ascii(byte) || is_small(byte) || is_capital(byte) || is_digit(byte);
}

}  // namespace skol
