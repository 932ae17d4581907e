// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skol {

// `text` between single quotes, safe to print: one line, valid UTF-8, no terminal controls. Control
// characters and bytes that are not UTF-8 become \xNN; what follows `limit` bytes becomes "...".
// For names and values in error messages, which may come from hostile input.
std::string in_quotes(std::string_view text, std::size_t limit = 300);

}  // namespace skol
