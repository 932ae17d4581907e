// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace skol {
namespace {

constexpr std::size_t kMostColumns = 80;

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_dumb() {
  const char* value = std::getenv("TERM");
  return value == nullptr || std::string_view(value) == "dumb";
}

// What setlocale(3) would go by for characters: the first that is set.
std::string_view locale_of_characters() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (is_set(name)) return std::getenv(name);
  }
  return "";
}

const char* code_of(Style style) {
  switch (style) {
    case Style::kBold:
      return "1";
    case Style::kDim:
      return "2";
    case Style::kGreen:
      return "32";
    case Style::kYellow:
      return "33";
    case Style::kRed:
      return "31";
  }
  return "0";
}

}  // namespace

Terminal terminal_of(int fd) {
  Terminal terminal;
  terminal.interactive = ::isatty(fd) == 1 && !is_dumb();
  terminal.colour = !is_set("NO_COLOR") && (is_set("FORCE_COLOR") || terminal.interactive);
  terminal.unicode = terminal.interactive && names_utf8(locale_of_characters());
  struct winsize size = {};
  if (terminal.interactive && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.columns = std::min<std::size_t>(size.ws_col, kMostColumns);
    terminal.rows = size.ws_row;
  }
  return terminal;
}

std::string styled(std::string_view text, Style style, const Terminal& terminal) {
  if (!terminal.colour) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", code_of(style), text);
}

bool names_utf8(std::string_view locale) {
  std::string codeset;
  for (const char c : locale.substr(std::min(locale.find('.'), locale.size()))) {
    if (c == '@') break;
    const bool upper = c >= 'A' && c <= 'Z';
    if (c != '-' && c != '.') codeset += upper ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return codeset == "utf8";
}

std::string as_clock(double seconds) {
  // Far beyond any run, and within what the conversion can hold.
  constexpr double kMostSeconds = 359'999;
  const auto whole = static_cast<unsigned>(std::lround(std::clamp(seconds, 0.0, kMostSeconds)));
  const unsigned hours = whole / 3600, minutes = whole / 60 % 60;
  if (hours == 0) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
}

std::string as_bytes(std::size_t bytes) {
  constexpr double kStep = 1024;
  double value = static_cast<double>(bytes);
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; value >= kStep && unit + 1 < std::size(units); ++unit) value /= kStep;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace skol
