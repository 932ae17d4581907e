// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skol {

// 1234567 -> "1,234,567".
std::string with_commas(std::size_t number);

// 1, "line" -> "1 line"; 1234, "line" -> "1,234 lines".
std::string counted(std::size_t number, std::string_view noun);

}  // namespace skol
