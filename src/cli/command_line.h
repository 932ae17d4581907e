// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <span>
#include <string>
#include <string_view>

namespace skol {

// What follows a verb on the command line.
using Arguments = std::span<const std::string>;

struct Verb {
  std::string_view name;
  std::string_view summary;
  int (*run)(Arguments arguments);  // the exit status
};

// Runs the verb that the first argument names with those after it, or prints the help or the
// version. `program` is what stands before the verb: "skol", "skol models". Returns the exit
// status.
int run_verb(std::string_view program, std::string_view summary, std::span<const Verb> verbs,
             Arguments arguments);

// Fills what was declared with `app`. False where the help was asked for, and printed. A command
// line that cannot be understood throws a CommandFailure; an unknown option, with the nearest name.
bool parse_arguments(CLI::App& app, Arguments arguments);

}  // namespace skol
