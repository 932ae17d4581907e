// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <utility>

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

CommandLine::CommandLine(std::string name, std::string summary)
    : name_(std::move(name)),
      summary_(std::move(summary)),
      app_(std::make_unique<CLI::App>(summary_, name_)) {
  app_->set_help_flag("-h,--help");
  options_.push_back({"-h,--help", "", "Options", "this text"});
}

CommandLine::~CommandLine() = default;

void CommandLine::add_positional(const std::string& name, std::string& value,
                                 const std::string& meaning) {
  app_->add_option(name, value)->required();
  options_.push_back({name, "", "", meaning, "", true});
}

void CommandLine::add_positional(const std::string& name, std::vector<std::string>& values,
                                 const std::string& meaning) {
  app_->add_option(name, values)->required();
  options_.push_back({name + "...", "", "", meaning, "", true});
}

void CommandLine::add_optional_positional(const std::string& name, std::string& value,
                                          const std::string& meaning) {
  app_->add_option(name, value);
  options_.push_back({"[" + name + "]", "", "", meaning, value});
}

void CommandLine::add_optional_positional(const std::string& name, std::vector<std::string>& values,
                                          const std::string& meaning) {
  app_->add_option(name, values);
  options_.push_back({"[" + name + "...]", "", "", meaning});
}

void CommandLine::add_flag(const std::string& name, bool& value, const std::string& group,
                           const std::string& meaning) {
  app_->add_flag(name, value);
  options_.push_back({name, "", group, meaning});
}

void CommandLine::add_option(OptionHelp help, Take take) {
  app_->add_option_function<std::string>(help.names, std::move(take))
      ->required(help.required)
      ->type_name(help.placeholder)
      ->take_last();
  options_.push_back(std::move(help));
}

bool CommandLine::parse(Arguments arguments) {
  check_options_are_known(arguments);
  check_no_list(arguments);
  try {
    app_->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    print_to_stdout(help());
    return false;
  } catch (const CLI::ParseError& error) {
    fail_usage("{} (see {} --help)", error.what(), name_);
  }
  return true;
}

std::string CommandLine::help() const {
  return verb_help(name_, summary_, options_);
}

void CommandLine::check_options_are_known(Arguments arguments) const {
  std::vector<std::string_view> known;
  for (const OptionHelp& option : options_) {
    if (option.positional()) continue;
    const std::string_view names = option.names;
    const std::size_t comma = names.find(',');
    known.push_back(names.substr(0, comma));
    if (comma != names.npos) known.push_back(names.substr(comma + 1));
  }
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    const std::string_view option = option_part(argument);
    if (option.empty() || std::find(known.begin(), known.end(), option) != known.end()) continue;
    fail_usage("unknown option {}: did you mean {}? ({} --help lists all)", in_quotes(option),
               nearest_name(option, known), name_);
  }
}

}  // namespace skol
