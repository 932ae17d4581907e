// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.h"

#include <algorithm>
#include <vector>

#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "cli/exit_status.h"
#include "cli/help_text.h"
#include "cli/standard_output.h"

namespace skol {

int run_verb(std::string_view program, std::string_view summary, std::span<const Verb> verbs,
             Arguments arguments) {
  const std::string help = verbs_help(program, summary, verbs);
  if (arguments.empty()) {
    print_to_stderr(help);
    return kExitUsage;
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") {
    print_to_stdout(help);
    return kExitDone;
  }
  if (first == "--version") {
    print_to_stdout("skol " SKOL_VERSION "\n");
    return kExitDone;
  }
  const auto verb = std::find_if(verbs.begin(), verbs.end(),
                                 [&](const Verb& known) { return known.name == first; });
  if (verb != verbs.end()) return verb->run(arguments.subspan(1));
  const bool option = first.starts_with('-');
  std::vector<std::string_view> names;
  if (option) names = {"--help", "--version"};
  for (const Verb& known : verbs) names.push_back(known.name);
  fail_usage("unknown {} {}: did you mean '{} {}'? ({} --help lists all)",
             option ? "option" : "verb", in_quotes(first), program, nearest_name(first, names),
             program);
}

}  // namespace skol
