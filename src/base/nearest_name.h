// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace skol {

// The known name with the fewest single-byte changes (Levenshtein distance) from `name`, the first
// of those equally near: what an error message offers for a slip of the pen; "" where none is
// known. Looks at the first 64 bytes of each name only, so that a hostile name costs no more.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace skol
