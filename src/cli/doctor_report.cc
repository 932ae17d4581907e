// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/help_text.h"

namespace skol {
namespace {

constexpr std::size_t kColumns = 80, kNameColumns = 11, kHealthColumns = 9;

Style style_of(Health health) {
  switch (health) {
    case Health::kOk:
      return Style::kGreen;
    case Health::kMissing:
      return Style::kYellow;
    case Health::kProblem:
      return Style::kRed;
  }
  return Style::kBold;
}

std::string finding_text(std::string name, const Finding& finding, const Terminal& terminal) {
  std::string health(health_name(finding.health)), out;
  const auto add_lines = [&](const std::string& text) {
    for (const std::string& line : wrapped(text, kColumns - kNameColumns - kHealthColumns)) {
      // Blanks are added before the colour, whose characters take no column.
      const std::string padded = fmt::format("{:<{}}", health, kHealthColumns);
      out += fmt::format(
          "{:<{}}{}{}\n", name, kNameColumns,
          health.empty() ? padded : styled(padded, style_of(finding.health), terminal), line);
      name = health = "";
    }
  };
  add_lines(finding.text);
  if (!finding.advice.empty()) add_lines("-> " + finding.advice);
  return out;
}

}  // namespace

std::string_view health_name(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kMissing:
      return "missing";
    case Health::kProblem:
      return "problem";
  }
  return "";
}

Health Section::health() const {
  Health worst = Health::kOk;
  for (const Finding& finding : findings) worst = std::max(worst, finding.health);
  return worst;
}

std::string doctor_text(std::span<const Section> sections, const Terminal& terminal) {
  std::string out;
  for (const Section& section : sections) {
    std::string name = section.name;
    for (const Finding& finding : section.findings) {
      out += finding_text(std::exchange(name, ""), finding, terminal);
    }
  }
  return out;
}

Json doctor_json(std::span<const Section> sections) {
  Json out = Json::object();
  for (const Section& section : sections) {
    Json json = {{"status", health_name(section.health())}};
    json.update(section.facts);
    json["findings"] = Json::array();
    for (const Finding& finding : section.findings) {
      json["findings"].push_back({{"status", health_name(finding.health)},
                                  {"text", finding.text},
                                  {"advice", finding.advice}});
    }
    out[section.name] = std::move(json);
  }
  return out;
}

bool all_required_work(std::span<const Section> sections) {
  return std::none_of(sections.begin(), sections.end(), [](const Section& section) {
    return section.required && section.health() == Health::kProblem;
  });
}

}  // namespace skol
