// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace skol {

// The colours of labels on pages that show lines. Labels beyond these begin again: the name of a
// label is always shown, a colour only helps to find it.
inline constexpr std::size_t kLabelColours = 13;

// Style sheet: `label-0` to `label-12` set --label, the colour of a label, which has a contrast of
// at least 3 to the page in both colour schemes; `tint` draws it behind the text, as strong as
// --strength says, a percentage. At kMostStrength text has a contrast of at least 6.5 to it. Of a
// `long` and a `short` name a screen shows the one it has room for.
extern const char* const kLabelStyle;
inline constexpr int kMostStrength = 34;  // %

// The class of the label with this index.
std::string label_class(std::size_t label);

// Short names, different ones for different labels: three letters, or as many more as it takes.
std::vector<std::string> short_names(const std::vector<std::string>& labels);

}  // namespace skol
