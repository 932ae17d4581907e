// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skol {

// The text in lower case by Unicode's full mappings without a language, as Java's
// toLowerCase(Locale.ROOT): 'İ' becomes "i̇", a 'Σ' that ends a word becomes 'ς'. Where a word ends
// is Unicode's condition Final_Sigma; Java asks its word breaker, which sees "Α-Σ" and "Α1Σ" as one
// word. Bytes that are not UTF-8 stay as they are. Linear in the text.
//
// The result lies in `buffer`, which only grows, so that a buffer used again allocates nothing; it
// holds until the buffer's next use. Thread-safe as long as each thread has its own buffer.
std::string_view lower_case(std::string_view text, std::string& buffer);

}  // namespace skol
