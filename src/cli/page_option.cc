// SPDX-License-Identifier: Apache-2.0
#include "cli/page_option.h"

#include <algorithm>

#include "base/hide_password.h"
#include "base/in_quotes.h"
#include "cli/exit_status.h"
#include "text/dataset.h"

namespace skol {
namespace {

bool is_plain(char c) {
  constexpr std::string_view kPlain = "-_./:=,%@+";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80 || kPlain.find(c) != kPlain.npos;
}

// As a POSIX shell reads it back.
std::string quoted(std::string_view argument) {
  if (!argument.empty() && std::all_of(argument.begin(), argument.end(), is_plain)) {
    return std::string(argument);
  }
  std::string out = "'";
  for (const char c : argument) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

void add_page_option(CommandLine& line, std::optional<std::string>& page) {
  line.add_option({"--report", "PAGE", "Output", "write a page of HTML with charts to this file"},
                  [&](const std::string& path) { page = path; });
}

void check_page(const std::optional<std::string>& page, std::string_view option) {
  if (!page || (!page->empty() && *page != kStdin)) return;
  fail_usage("{} is {}: expected the path of a file, such as report.html", option,
             in_quotes(*page));
}

std::string typed_command(std::string_view name, Arguments arguments) {
  std::string out(name);
  for (const std::string& argument : arguments) out += " " + quoted(hide_password(argument));
  return out;
}

}  // namespace skol
