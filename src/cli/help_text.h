// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.h"
#include "cli/verbs.h"

namespace skol {

// Lines of at most `columns`, broken at blanks; a longer word stands alone.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// A text broken at blanks into lines of at most 80 columns.
std::string paragraph(std::string_view text);

// What a verb takes, in 80 columns, by group; defaults in brackets.
std::string verb_help(std::string_view name, std::string_view summary,
                      std::span<const OptionHelp> options);

// The verbs below `program`.
std::string verbs_help(std::string_view program, std::string_view summary,
                       std::span<const Verb> verbs);

}  // namespace skol
