// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/counted.h"

namespace skol {

// What a stream may be used for.
struct Terminal {
  bool interactive = false;  // a person watches: progress may be redrawn
  bool colour = false;
  bool unicode = false;      // shows more than ASCII
  std::size_t columns = 80;  // at most 80, so that reports look the same everywhere
  std::size_t rows = 0;      // 0: no end to them, as of a file
};

// From the stream itself and the environment: NO_COLOR, FORCE_COLOR, TERM=dumb; LC_ALL, LC_CTYPE,
// LANG.
Terminal terminal_of(int fd);

enum class Style { kBold, kDim, kGreen, kYellow, kRed };

// `text` as it is where the terminal has no colour.
std::string styled(std::string_view text, Style style, const Terminal& terminal);

// Whether a locale of this name, such as "de_DE.UTF-8", has UTF-8.
bool names_utf8(std::string_view locale);

// 12 -> "0:12", 3723 -> "1:02:03".
std::string as_clock(double seconds);

// 5242880 -> "5.0 MiB".
std::string as_bytes(std::size_t bytes);

}  // namespace skol
