// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace skol {

// An ill-formed part of a text, as long as the start of a well-formed sequence it could have been
// ("maximal subpart", Unicode 15 §3.9), at least one byte.
struct IllFormed {
  std::size_t offset;
  std::size_t size;
};

// The first ill-formed part at or after `from`, which must not lie within a sequence. Overlong
// forms, surrogates and values above U+10FFFF are ill-formed.
std::optional<IllFormed> find_ill_formed(std::string_view text, std::size_t from = 0);

// The text with U+FFFD for every ill-formed part.
std::string replace_ill_formed(std::string_view text);

// Of well-formed text.
std::size_t count_code_points(std::string_view text);

}  // namespace skol
