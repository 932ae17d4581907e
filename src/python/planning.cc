// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.h"
#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "base/sizes.h"
#include "python/bindings.h"
#include "report/plan_json.h"
#include "report/plan_page.h"
#include "skol/memory.h"
#include "tuning/plan_options.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

nb::dict plan(const std::map<std::string, std::string>& given, const std::string& page) {
  PlanOptions options;
  std::vector<std::string_view> names;
  visit_plan_options(options, [&](const PlanOption& option, PlanOptions::Text& value) {
    names.push_back(option.name);
    if (const auto found = given.find(option.name); found != given.end()) value = found->second;
  });
  for (const auto& [name, text] : given) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    fail(ErrorKind::kParameter, "plan has no option {}: did you mean {}?", in_quotes(name),
         nearest_name(name, names));
  }
  const Plan made = make_plan(parse_plan_options(options));
  if (!page.empty()) {
    write_file_atomically(page, plan_page(made, "skol_classifier.plan(...)"), Durability::kProcess);
  }
  return nb::cast<nb::dict>(to_python(plan_report(made)));
}

void check_memory_budget(const std::string& text) {
  if (text.empty()) parse_size("memory_budget", text);  // which says what is expected
  memory_budget({text});
}

}  // namespace

void bind_planning(nb::module_& m) {
  m.def("check_memory_budget", &check_memory_budget, "text"_a,
        "ParameterError for what is no size and no percentage, or none at all.");
  m.def("plan", &plan, "options"_a, "page"_a = "",
        "The plan for options by name, each as it would be written on the command line; written as "
        "a page too where one is named.");
}

}  // namespace skol
