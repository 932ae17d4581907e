// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace skol {

// What follows a verb on the command line.
using Arguments = std::span<const std::string>;

// What the help says of an option or positional argument.
struct OptionHelp {
  std::string names;        // "-o,--output", or "INPUT" of a positional argument
  std::string placeholder;  // of its value; empty for a flag
  std::string group;        // the heading under which it stands
  std::string meaning;
  std::string default_text = {};  // empty: none, or it goes without saying
  bool required = false;

  bool positional() const { return !names.starts_with('-'); }
};

// The options of one verb: declared, then parsed by CLI11, which no other file needs to know. What
// the command line says goes to the variables given, which outlive this.
class CommandLine {
 public:
  // `name` as it is typed: "skol train".
  CommandLine(std::string name, std::string summary);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // Positional arguments, in the order of these calls; several values, or what may be left out,
  // come last.
  void add_positional(const std::string& name, std::string& value, const std::string& meaning);
  void add_positional(const std::string& name, std::vector<std::string>& values,
                      const std::string& meaning);
  void add_optional_positional(const std::string& name, std::string& value,
                               const std::string& meaning);
  void add_optional_positional(const std::string& name, std::vector<std::string>& values,
                               const std::string& meaning);
  void add_flag(const std::string& name, bool& value, const std::string& group,
                const std::string& meaning);
  // `take` gets the value; of several of the same option, the last.
  using Take = std::function<void(const std::string& value)>;
  void add_option(OptionHelp help, Take take);

  // False where the help was asked for, and printed. A command line that cannot be understood
  // throws a CommandFailure; an unknown option, with the nearest name.
  bool parse(Arguments arguments);

  std::string help() const;

 private:
  void check_options_are_known(Arguments arguments) const;

  std::string name_, summary_;
  std::vector<OptionHelp> options_;
  std::unique_ptr<CLI::App> app_;
};

}  // namespace skol
