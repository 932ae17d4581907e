// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <span>
#include <string>
#include <string_view>

#include "cli/command_line.h"

namespace skol {

// What a verb takes, in 80 columns; its defaults in brackets.
std::string verb_help(const CLI::App& app);

// The verbs below `program`.
std::string verbs_help(std::string_view program, std::string_view summary,
                       std::span<const Verb> verbs);

}  // namespace skol
