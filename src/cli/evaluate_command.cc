// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/fail.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/document_reader.h"
#include "cli/exit_status.h"
#include "cli/memory_check.h"
#include "cli/model_access.h"
#include "cli/option_flags.h"
#include "cli/prediction_run.h"
#include "cli/progress_bar.h"
#include "cli/scores_report.h"
#include "text/label_set.h"
#include "training/evaluation.h"

namespace skol {
namespace {

struct EvaluateArguments {
  std::string model;
  std::vector<std::string> inputs;
  bool json = false;
  MachineOptions machine;
  ReadingOptions reading;
};

void declare(CommandLine& line, EvaluateArguments& arguments) {
  add_model_argument(line, arguments.model);
  line.add_positional("GOLD", arguments.inputs,
                      "annotated text: files, folders (all *.ann and *.txt below) or -");
  line.add_flag("--json", arguments.json, "Output", "print the scores as one JSON object");
  add_machine_options(line, arguments.machine);
  add_reading_options(line, arguments.reading, ReadingVerb::kMeasures);
}

}  // namespace

int evaluate_command(Arguments given) {
  CommandLine line("skol evaluate",
                   "Labels annotated text and scores the labels against the annotations, which are "
                   "folded as those the model was trained on.");
  EvaluateArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;
  check_machine(arguments.machine);
  name_run(arguments.machine, "evaluate", arguments.model);

  const StoreEntry entry = look_before_loading(arguments.model);
  const std::vector<InputFile> files = find_inputs(arguments.inputs);
  check_memory(arguments.model, entry, files, arguments.machine.prediction);
  const Model model = open_model(arguments.model);
  const LabelSet labels(model.labels());
  Evaluation evaluation(model.labels());
  ProgressBar bar("labelling", "lines");
  DocumentReader reader(files, arguments.reading,
                        [&](std::string_view notice) { bar.print_line(notice); });
  run_prediction(
      model, arguments.machine.prediction, reader, bar, [&](const LabelledDocument& labelled) {
        std::vector<Diagnostic> unknown;
        labels_in(labelled.document, labels, model.options().labels == "collapsed", unknown);
        reader.diagnostics().add(unknown);
        evaluation.add(labelled, model);
      });
  bar.erase();
  report_scores(evaluation, reader.diagnostics(), arguments.reading.strict, arguments.json,
                fmt::format("{}", fmt::join(arguments.inputs, ", ")));
  return kExitDone;
}

}  // namespace skol
