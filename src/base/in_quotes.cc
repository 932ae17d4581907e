// SPDX-License-Identifier: Apache-2.0
#include "base/in_quotes.h"

#include <fmt/format.h>

#include <iterator>

namespace skol {
namespace {

// Bytes of the printable character at the start of `text`: 0 where there is none, because the byte
// is a control character or no well-formed UTF-8 (Unicode 15, table 3-7) begins there. U+0080 to
// U+009F are controls too: a terminal may obey them.
std::size_t printable_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool outside = (lead == 0xc2 && second < 0xa0) || (lead == 0xe0 && second < 0xa0) ||
                       (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
                       (lead == 0xf4 && second > 0x8f);
  return outside ? 0 : length;
}

}  // namespace

std::string in_quotes(std::string_view text, std::size_t limit) {
  std::string out = "'";
  std::size_t at = 0;
  while (at < text.size() && at < limit) {
    const std::size_t length = printable_bytes(text.substr(at));
    if (length == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[at]));
    } else {
      out.append(text, at, length);
    }
    at += length == 0 ? 1 : length;
  }
  out += at < text.size() ? "...'" : "'";
  return out;
}

}  // namespace skol
