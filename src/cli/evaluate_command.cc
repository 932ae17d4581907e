// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "base/fail.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/document_reader.h"
#include "cli/exit_status.h"
#include "cli/option_flags.h"
#include "cli/prediction_run.h"
#include "cli/progress_bar.h"
#include "cli/report_json.h"
#include "cli/report_table.h"
#include "cli/standard_output.h"
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

void declare(CLI::App& app, EvaluateArguments& arguments) {
  add_model_argument(app, arguments.model);
  app.add_option("GOLD", arguments.inputs,
                 "annotated text: files, folders (all *.ann and *.txt below) or -")
      ->required();
  app.add_flag("--json", arguments.json, "print the scores as one JSON object")->group("Output");
  add_machine_options(app, arguments.machine);
  add_reading_options(app, arguments.reading, ReadingVerb::kMeasures);
}

}  // namespace

int evaluate_command(Arguments given) {
  CLI::App app(
      "Labels annotated text and scores the labels against the annotations, which are folded as "
      "those the model was trained on.",
      "skol evaluate");
  EvaluateArguments arguments;
  declare(app, arguments);
  if (!parse_arguments(app, given)) return kExitDone;
  check_machine(arguments.machine);

  const Model model = open_model(arguments.model);
  const LabelSet labels(model.labels());
  Evaluation evaluation(model.labels());
  ProgressBar bar("labelling", "lines");
  DocumentReader reader(find_inputs(arguments.inputs), arguments.reading,
                        [&](std::string_view line) { bar.print_line(line); });
  run_prediction(
      model, arguments.machine.prediction, reader, bar, [&](const LabelledDocument& labelled) {
        std::vector<Diagnostic> unknown;
        labels_in(labelled.document, labels, model.options().labels == "collapsed", unknown);
        reader.diagnostics().add(unknown);
        evaluation.add(labelled, model);
      });
  bar.erase();
  if (arguments.reading.strict) reader.diagnostics().fail_if_any();
  if (evaluation.empty()) {
    fail(ErrorKind::kInput, "no labelled line in {}: expected blocks like [@ text #Label*]",
         fmt::join(arguments.inputs, ", "));
  }
  if (const std::string summary = reader.diagnostics().summary(); !summary.empty()) {
    warn(fmt::format("{} (--diagnostics lists them)", summary));
  }
  const Scores scores = evaluation.scores();
  if (arguments.json) {
    Json report = scores_json(scores);
    report["diagnostics"] = diagnostics_json(reader.diagnostics());
    print_to_stdout(to_line(report));
  } else {
    const Terminal terminal = terminal_of(STDOUT_FILENO);
    print_to_stdout(scores_table(scores, terminal) + "\n" + confusion_table(scores, terminal));
  }
  return kExitDone;
}

}  // namespace skol
