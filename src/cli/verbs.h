// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "cli/command_line.h"

namespace skol {

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

}  // namespace skol
