// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "python/bindings.h"
#include "report/plan_json.h"
#include "tuning/plan_options.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

nb::dict plan(const std::map<std::string, std::string>& given) {
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
  return nb::cast<nb::dict>(to_python(plan_report(make_plan(parse_plan_options(options)))));
}

}  // namespace

void bind_planning(nb::module_& m) {
  m.def("plan", &plan, "options"_a,
        "The plan for options by name, each as it would be written on the command line.");
}

}  // namespace skol
