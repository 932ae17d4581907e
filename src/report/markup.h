// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skol {

// Any bytes as text of HTML and XML, between tags or in a quoted attribute. What neither may hold,
// and what would turn the reading order of its surroundings, becomes U+FFFD.
std::string escaped(std::string_view text);

// An upper estimate of how wide a text is drawn, in units of a font of size `font`. No font is
// known here, so it is that of a wide one (DejaVu Sans); the text need not be well-formed.
double text_width(std::string_view text, double font);

// The text, or as much of its beginning as fits with an ellipsis into `width`.
std::string fitted(std::string_view text, double width, double font);

}  // namespace skol
