// SPDX-License-Identifier: Apache-2.0
#include "base/kernel_files.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>

namespace skol {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

// A number and then a blank or nothing.
std::optional<std::uint64_t> leading_number(std::string_view text) {
  text = without_blanks(text);
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || (stopped != end && *stopped != ' ' && *stopped != '\t')) return {};
  return number;
}

}  // namespace

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return {};
  return leading_number(line);
}

std::optional<std::uint64_t> number_after(const std::string& path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::string_view rest = std::string_view(line).substr(std::min(key.size(), line.size()));
    if (line.starts_with(key) && rest.find_first_of(" \t") == 0) return leading_number(rest);
  }
  return {};
}

std::optional<std::uint64_t> bytes_after(const std::string& path, std::string_view key) {
  const auto kibibytes = number_after(path, key);
  if (!kibibytes || *kibibytes > std::numeric_limits<std::uint64_t>::max() / kKibibyte) return {};
  return *kibibytes * kKibibyte;
}

}  // namespace skol
