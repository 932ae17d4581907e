// SPDX-License-Identifier: Apache-2.0
#include "cli/help_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace skol {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kNameColumns = 30;

// A name and what it means beside it, or below it where the name is long.
std::string entry(const std::string& name, const std::string& meaning) {
  const bool below = name.size() + 4 > kNameColumns;
  std::string out = fmt::format("  {:<{}}{}", name, kNameColumns - 2, below ? "\n" : "");
  bool indented = below;
  for (const std::string& line : wrapped(meaning, kColumns - kNameColumns)) {
    out += fmt::format("{:{}}{}\n", "", indented ? kNameColumns : 0, line);
    indented = true;
  }
  return out;
}

// "-o, --output DIR", "--json".
std::string shown_names(const OptionHelp& option) {
  std::string names;
  for (const char c : option.names) names += c == ',' ? std::string(", ") : std::string(1, c);
  return option.placeholder.empty() ? names : fmt::format("{} {}", names, option.placeholder);
}

std::string usage(std::string_view name, std::span<const OptionHelp> options) {
  std::string line = fmt::format("usage: {}", name);
  for (const OptionHelp& option : options) {
    if (option.positional()) line += fmt::format(" {}", option.names);
  }
  for (const OptionHelp& option : options) {
    if (option.positional() || !option.required) continue;
    line +=
        fmt::format(" {} {}", option.names.substr(0, option.names.find(',')), option.placeholder);
  }
  return line + " [OPTION...]\n";
}

std::string entry_of(const OptionHelp& option) {
  const bool has_default = !option.default_text.empty();
  return entry(
      shown_names(option),
      has_default ? fmt::format("{} [{}]", option.meaning, option.default_text) : option.meaning);
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
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
  return fmt::format("{}\n", fmt::join(wrapped(text, kColumns), "\n"));
}

std::string verb_help(std::string_view name, std::string_view summary,
                      std::span<const OptionHelp> options) {
  std::string out = fmt::format("{}\n{}", usage(name, options), paragraph(summary));
  std::vector<std::string_view> groups;
  bool first = true;
  for (const OptionHelp& option : options) {
    if (option.positional()) {
      if (std::exchange(first, false)) out += "\n";
      out += entry_of(option);
    } else if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) {
      groups.push_back(option.group);
    }
  }
  for (const std::string_view group : groups) {
    out += fmt::format("\n{}:\n", group);
    for (const OptionHelp& option : options) {
      if (!option.positional() && option.group == group) out += entry_of(option);
    }
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
