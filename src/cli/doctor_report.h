// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.h"
#include "report/json_report.h"

namespace skol {

// ok; not there, and not needed unless it is wanted; there, and of no use as it is.
enum class Health { kOk, kMissing, kProblem };
std::string_view health_name(Health health);  // "ok", "missing", "problem"

// One thing that was looked at.
struct Finding {
  Health health = Health::kOk;
  std::string text;
  std::string advice = {};  // what to do about it; empty where nothing need be
};

// What `skol doctor` says of one subject.
struct Section {
  std::string name;
  Json facts = Json::object();  // for programs
  std::vector<Finding> findings = {};
  bool required = false;  // without it, skol is of no use, or what the user asked for is not there

  void add(Finding finding) { findings.push_back(std::move(finding)); }
  Health health() const;  // the worst of the findings
};

// In 80 columns, advice below what it is about.
std::string doctor_text(std::span<const Section> sections, const Terminal& terminal);

// An object a section, with its "status", its facts and its "findings".
Json doctor_json(std::span<const Section> sections);

// Whether no required section has a problem.
bool all_required_work(std::span<const Section> sections);

}  // namespace skol
