// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/option_flags.h"
#include "cli/prediction_run.h"
#include "cli/report_json.h"
#include "cli/standard_output.h"
#include "cli/verbs.h"
#include "skol/store.h"

namespace skol {
namespace {

int show_command(Arguments arguments) {
  CommandLine line("skol models show", "Shows the labels, sizes and options of a model.");
  std::string uri;
  bool json = false;
  add_model_argument(line, uri);
  line.add_flag("--json", json, "Output", "print one JSON object");
  if (!line.parse(arguments)) return kExitDone;

  const Model model = open_model(uri);
  const ModelLocation location = parse_model_uri(uri);
  const std::size_t bytes = open_store(location.store)->get(location.name).size();
  print_to_stdout(json ? model_json(model, uri, bytes) : model_facts(model, uri, bytes));
  return kExitDone;
}

}  // namespace

int models_command(Arguments arguments) {
  constexpr Verb kVerbs[] = {{"show", "what a model was made of", show_command}};
  return run_verb("skol models", "Models and what they are.", kVerbs, arguments);
}

}  // namespace skol
