// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <algorithm>
#include <vector>

#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "cli/exit_status.h"
#include "cli/help_text.h"
#include "cli/standard_output.h"

namespace skol {
namespace {

// "--epochs" of "--epochs=3", "-o" of "-oDIR"; nothing for what is no option: a path, "-", a
// number.
std::string_view option_part(std::string_view argument) {
  if (argument.size() < 2 || argument[0] != '-') return {};
  if (argument[1] == '-') return argument.substr(0, argument.find('='));
  const bool number = (argument[1] >= '0' && argument[1] <= '9') || argument[1] == '.';
  return number ? std::string_view() : argument.substr(0, 2);
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
  }
  return flags;
}

void check_options_are_known(const CLI::App& app, Arguments arguments) {
  const std::vector<std::string> flags = flags_of(app);
  const std::vector<std::string_view> known(flags.begin(), flags.end());
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    const std::string_view option = option_part(argument);
    if (option.empty() || std::find(known.begin(), known.end(), option) != known.end()) continue;
    fail_usage("unknown option {}: did you mean {}? ({} --help lists all)", in_quotes(option),
               nearest_name(option, known), app.get_name());
  }
}

// CLI11 takes "[a,b]" for a list.
void check_no_list(Arguments arguments) {
  for (const std::string& argument : arguments) {
    if (argument.starts_with('[') && argument.ends_with(']')) {
      fail_usage("{} begins and ends with a bracket: for a file of this name write {}",
                 in_quotes(argument), in_quotes("./" + argument));
    }
  }
}

}  // namespace

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
  if (verb == verbs.end()) {
    std::vector<std::string_view> names = {"--help", "--version"};
    const bool option = first.starts_with('-');
    if (!option) names.clear();
    for (const Verb& known : verbs) names.push_back(known.name);
    fail_usage("unknown {} {}: did you mean '{} {}'? ({} --help lists all)",
               option ? "option" : "verb", in_quotes(first), program, nearest_name(first, names),
               program);
  }
  return verb->run(arguments.subspan(1));
}

bool parse_arguments(CLI::App& app, Arguments arguments) {
  app.set_help_flag("-h,--help", "this text");
  check_options_are_known(app, arguments);
  check_no_list(arguments);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    print_to_stdout(verb_help(app));
    return false;
  } catch (const CLI::ParseError& error) {
    fail_usage("{} (see {} --help)", error.what(), app.get_name());
  }
  return true;
}

}  // namespace skol
