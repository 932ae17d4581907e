// SPDX-License-Identifier: Apache-2.0
#include "cli/help_text.h"

#include <fmt/format.h>

#include <vector>

namespace skol {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kNameColumns = 30;

// Lines of at most `columns`, broken at blanks; a longer word stands alone.
std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > columns) {
      lines.emplace_back();
    }
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    begin = end + 1;
  }
  return lines;
}

std::string paragraph(std::string_view text) {
  return fmt::format("{}\n", fmt::join(wrap(text, kColumns), "\n"));
}

// A name and what it means beside it, or below it where the name is long.
std::string entry(const std::string& name, const std::string& meaning) {
  const bool below = name.size() + 4 > kNameColumns;
  std::string out = fmt::format("  {:<{}}{}", name, kNameColumns - 2, below ? "\n" : "");
  bool indented = below;
  for (const std::string& line : wrap(meaning, kColumns - kNameColumns)) {
    out += fmt::format("{:{}}{}\n", "", indented ? kNameColumns : 0, line);
    indented = true;
  }
  return out;
}

std::string positional_name(const CLI::Option& option) {
  return option.get_name(true) + (option.get_items_expected_max() > 1 ? "..." : "");
}

std::string flag_names(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += fmt::format("-{}, ", name);
  for (const std::string& name : option.get_lnames()) names += fmt::format("--{}", name);
  const bool flag = option.get_items_expected_max() == 0;
  return flag ? names : fmt::format("{} {}", names, option.get_type_name());
}

std::string usage(const CLI::App& app) {
  std::string line = fmt::format("usage: {}", app.get_name());
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) line += fmt::format(" {}", positional_name(*option));
  }
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional() && option->get_required()) {
      line += fmt::format(" -{} {}", option->get_snames().front(), option->get_type_name());
    }
  }
  return line + " [OPTION...]\n";
}

std::string meaning(const CLI::Option& option) {
  const std::string& value = option.get_default_str();
  if (value.empty()) return option.get_description();
  return fmt::format("{} [{}]", option.get_description(), value);
}

}  // namespace

std::string verb_help(const CLI::App& app) {
  std::string out = fmt::format("{}\n{}\n", usage(app), paragraph(app.get_description()));
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) out += entry(positional_name(*option), meaning(*option));
  }
  for (const std::string& group : app.get_groups()) {
    std::string entries;
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional() || option->get_group() != group) continue;
      entries += entry(flag_names(*option), meaning(*option));
    }
    if (!entries.empty()) out += fmt::format("\n{}:\n{}", group, entries);
  }
  return out;
}

std::string verbs_help(std::string_view program, std::string_view summary,
                       std::span<const Verb> verbs) {
  std::string out = fmt::format("usage: {} VERB ...\n\n{}\n", program, paragraph(summary));
  for (const Verb& verb : verbs) {
    out += fmt::format("  {:<10}{}\n", verb.name, verb.summary);
  }
  out += fmt::format("\n{} VERB --help has the options of a verb.\n", program);
  return out;
}

}  // namespace skol
