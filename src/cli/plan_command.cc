// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <optional>
#include <string>

#include "base/atomic_file.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/option_flags.h"
#include "cli/output_plan.h"
#include "cli/page_option.h"
#include "cli/plan_table.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "report/plan_json.h"
#include "report/plan_page.h"
#include "tuning/plan_options.h"

namespace skol {

int plan_command(Arguments arguments) {
  CommandLine line("skol plan",
                   "Says which prediction batch sizes fit in a memory that executors share: each "
                   "takes base + batch size x window. safe is up to 95 % of the memory, tight up "
                   "to all of it. Sizes: 412MB (1000^2), 6.6GiB (1024^3), plain bytes. Such as: "
                   "skol plan --base-memory 250MiB --window-memory 20MiB --device-memory 6.6GiB "
                   "--executors 4");
  PlanOptions options;
  bool json = false;
  std::optional<std::string> page;
  visit_plan_options(options, [&](const PlanOption& option, PlanOptions::Text& value) {
    line.add_option({flag_name(option.name), option.placeholder, option.group,
                     with_flags(option.help), value.value_or("")},
                    [&value](const std::string& text) { value = text; });
  });
  line.add_flag("--json", json, "Output", "print one JSON object");
  add_page_option(line, page);
  if (!line.parse(arguments)) return kExitDone;
  check_page(page);

  const Plan plan = make_plan(parse_plan_options(options));
  if (page) {
    refuse_page_over({}, "", {}, *page);
    write_file_atomically(*page, plan_page(plan, typed_command("skol plan", arguments)),
                          Durability::kProcess);
  }
  print_to_stdout(json ? plan_report(plan).dump() + "\n"
                       : plan_table(plan, terminal_of(STDOUT_FILENO)));
  return kExitDone;
}

}  // namespace skol
