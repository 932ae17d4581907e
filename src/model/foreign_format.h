// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skol {

// What bytes that are no container are most likely instead, for an error message: "a gzip archive
// (...)". Empty if nothing known begins so. Looks at the first 512 bytes and opens nothing.
std::string_view recognise_foreign_format(std::string_view bytes);

}  // namespace skol
