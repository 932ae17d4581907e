// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/command_line.h"

namespace skol {

// --report PAGE: where to write the page of HTML with what the verb found, if anywhere.
void add_page_option(CommandLine& line, std::optional<std::string>& page);

// Usage error for a path that is no file's; `option` is what it was given with.
void check_page(const std::optional<std::string>& page, std::string_view option = "--report");

// What was typed, for the page: "skol plan --executors 4". Quoted where a shell needs it, without
// passwords.
std::string typed_command(std::string_view name, Arguments arguments);

}  // namespace skol
