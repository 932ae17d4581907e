// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skol {

// Any bytes as text that can be drawn: what HTML and XML may not hold, and what would turn the
// reading order of its surroundings, becomes U+FFFD.
std::string drawable(std::string_view text);

// The same for a line of a document, whose controls are written as terminals do: a form feed as
// ^L; a tab stays.
std::string drawable_line(std::string_view line);

// `drawable` as markup, between tags or in a quoted attribute.
std::string escaped(std::string_view text);

// JSON, whose texts are drawable, for a <script> of type application/json: the same value, but no
// character that could end the script or begin markup.
std::string json_in_script(const std::string& json);

// An upper estimate of how wide a text is drawn, in units of a font of size `font`. No font is
// known here, so it is that of a wide one (DejaVu Sans); the text need not be well-formed.
double text_width(std::string_view text, double font);

// The text, or as much of its beginning as fits with an ellipsis into `width`.
std::string fitted(std::string_view text, double width, double font);

}  // namespace skol
