// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skol/document.h"

namespace skol {

// Space, tab, LF, VT, FF, CR: the characters of which a blank line may consist.
constexpr bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Bytes as read to UTF-8 text without a BOM, or Error kInput "id:line: ...".
std::string decode_text(std::string_view id, std::string bytes, TextErrors errors);

// LF ends a line, with the one CR before it if there is one; nothing else does. A last line without
// LF counts, an empty text has no line.
std::vector<Line> split_lines(std::string_view text);

}  // namespace skol
