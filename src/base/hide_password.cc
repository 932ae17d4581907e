// SPDX-License-Identifier: Apache-2.0
#include "base/hide_password.h"

#include <fmt/format.h>

#include <algorithm>

namespace skol {
namespace {

constexpr std::string_view kMark = "://";

bool is_number(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// An @ that stands behind the authority may be a key's, or end a password that holds a slash: then
// what looks like a port, or like the first part of the path, is no number.
bool password_may_hold_slash(std::string_view authority, std::string_view rest) {
  if (authority.find('@') != authority.npos || rest.find('@') == rest.npos) return false;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  const std::string_view first = rest.substr(1, rest.find('/', 1) - 1);
  return !is_number(first) || (colon != authority.npos && !is_number(authority.substr(colon + 1)));
}

// `address` is what follows the mark.
std::string hidden(std::string_view address) {
  const std::string_view authority = address.substr(0, address.find('/'));
  const std::string_view rest = address.substr(authority.size());
  if (password_may_hold_slash(authority, rest)) {
    return fmt::format("***{}", address.substr(address.rfind('@')));
  }
  const std::size_t at = authority.rfind('@');
  if (at == authority.npos) {
    // in_quotes() may have cut the address off in the middle of its password.
    return rest.empty() && address.ends_with("...'") ? "***...'" : std::string(address);
  }
  const std::size_t colon = authority.substr(0, at).find(':');
  if (colon == authority.npos) return std::string(address);
  return fmt::format("{}:***{}", address.substr(0, colon), address.substr(at));
}

}  // namespace

std::string hide_password(std::string_view uri) {
  const std::size_t mark = uri.find(kMark);
  if (mark == uri.npos) return std::string(uri);
  const std::size_t begin = mark + kMark.size();
  return fmt::format("{}{}", uri.substr(0, begin), hidden(uri.substr(begin)));
}

std::string hide_passwords(std::string_view message) {
  std::string out;
  while (true) {
    const std::size_t mark = message.find(kMark);
    const std::size_t begin = mark == message.npos ? message.size() : mark + kMark.size();
    out += message.substr(0, begin);
    if (mark == message.npos) return out;
    message.remove_prefix(begin);
    const std::size_t end = std::min(message.find_first_of(" \t\r\n"), message.size());
    out += hidden(message.substr(0, end));
    message.remove_prefix(end);
  }
}

}  // namespace skol
