// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace skol {

// The six separators: space, \t, \n, \v, \f, \r. No other Unicode blank (U+00A0, U+2028) parts
// tokens.
constexpr bool is_separator(char byte) {
  return byte == ' ' || static_cast<unsigned char>(byte - '\t') < 5;
}

// Calls visit(token) for every token of a lower-cased line, as pyspark.ml's Tokenizer splits: at
// each single separator, so that leading and inner tokens may be empty, while trailing empty ones
// are dropped. An empty line has one token, the empty one; a line of separators alone has none.
// Tokens are slices of the line.
template <typename Visit>
void for_each_token(std::string_view lower, Visit&& visit) {
  if (lower.empty()) {
    visit(lower);
    return;
  }
  std::size_t end = lower.size();
  while (end > 0 && is_separator(lower[end - 1])) --end;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < end; ++at) {
    if (!is_separator(lower[at])) continue;
    visit(lower.substr(begin, at - begin));
    begin = at + 1;
  }
  if (end > 0) visit(lower.substr(begin, end - begin));
}

// The last two, three and four code points of a token, or all of a shorter one; slices of it.
inline std::array<std::string_view, 3> suffixes_of(std::string_view token) {
  const auto continues = [token](std::size_t at) {
    return (static_cast<unsigned char>(token[at]) & 0xC0) == 0x80;
  };
  const auto step_back = [&](std::size_t at) {
    if (at > 0) --at;
    while (at > 0 && continues(at)) --at;
    return at;
  };
  const std::size_t two = step_back(step_back(token.size()));
  const std::size_t three = step_back(two);
  const std::size_t four = step_back(three);
  return {token.substr(two), token.substr(three), token.substr(four)};
}

}  // namespace skol
