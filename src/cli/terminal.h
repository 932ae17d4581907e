// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skol {

// What a stream may be used for.
struct Terminal {
  bool interactive = false;  // a person watches: progress may be redrawn
  bool colour = false;
  std::size_t columns = 80;  // at most 80, so that reports look the same everywhere
};

// From the stream itself and the environment: NO_COLOR, FORCE_COLOR, TERM=dumb.
Terminal terminal_of(int fd);

enum class Style { kBold, kDim, kGreen, kYellow, kRed };

// `text` as it is where the terminal has no colour.
std::string styled(std::string_view text, Style style, const Terminal& terminal);

// 1234567 -> "1,234,567".
std::string with_commas(std::size_t number);

// 1, "line" -> "1 line"; 1234, "line" -> "1,234 lines".
std::string counted(std::size_t number, std::string_view noun);

// 12 -> "0:12", 3723 -> "1:02:03".
std::string as_clock(double seconds);

// 5242880 -> "5.0 MiB".
std::string as_bytes(std::size_t bytes);

}  // namespace skol
