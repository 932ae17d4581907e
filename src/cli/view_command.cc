// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "base/counted.h"
#include "base/fail.h"
#include "base/in_quotes.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/document_reader.h"
#include "cli/exit_status.h"
#include "cli/memory_check.h"
#include "cli/model_access.h"
#include "cli/option_flags.h"
#include "cli/output_plan.h"
#include "cli/page_option.h"
#include "cli/prediction_run.h"
#include "cli/progress_bar.h"
#include "cli/standard_output.h"
#include "report/json_report.h"
#include "report/view_page.h"

namespace skol {
namespace {

struct ViewArguments {
  std::string model;
  std::vector<std::string> inputs;
  std::string page;
  bool json = false;
  MachineOptions machine;
  ReadingOptions reading;
};

void declare(CommandLine& line, ViewArguments& arguments) {
  add_model_argument(line, arguments.model);
  line.add_positional("INPUT", arguments.inputs,
                      "text: files, folders (all *.txt and *.ann below) or -; where it is "
                      "annotated, the page shows the annotation beside the labels");
  line.add_option({"-o,--output", "PAGE", "Output", "the page of HTML to write", "", true},
                  [&](const std::string& page) { arguments.page = page; });
  line.add_flag("--json", arguments.json, "Output", "print the counts as one JSON object");
  add_machine_options(line, arguments.machine);
  add_reading_options(line, arguments.reading, ReadingVerb::kLabels);
}

std::string counts_json(const ViewCounts& counts, const std::string& page, std::size_t bytes) {
  return to_line({{"documents", counts.documents},
                  {"lines", counts.lines},
                  {"blank_lines", counts.blank_lines},
                  {"gold_lines", counts.gold_lines},
                  {"disagreements", counts.disagreements},
                  {"page", page},
                  {"bytes", bytes}});
}

std::string counts_text(const ViewCounts& counts, const std::string& page) {
  std::string gold;
  if (counts.gold_lines > 0) {
    gold = fmt::format(", {} with {} annotated", counted(counts.disagreements, "disagreement"),
                       counted(counts.gold_lines, "line"));
  }
  return fmt::format("wrote {}: {}, {}{}\n", in_quotes(page), counted(counts.documents, "document"),
                     counted(counts.lines, "line"), gold);
}

}  // namespace

int view_command(Arguments given) {
  CommandLine line("skol view",
                   "Labels text and shows it on one page of HTML: every line with its label, the "
                   "colour the stronger the surer, and the annotation beside it where there is "
                   "one.");
  ViewArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;
  check_page(arguments.page, "-o");
  check_machine(arguments.machine);
  name_run(arguments.machine, "view", arguments.model);

  const StoreEntry entry = look_before_loading(arguments.model);
  const std::vector<InputFile> files = find_inputs(arguments.inputs);
  check_memory(arguments.model, entry, files, arguments.machine.prediction);
  const Model model = open_model(arguments.model);
  refuse_page_over(files, arguments.model, {}, arguments.page, "-o");
  AtomicFile file(arguments.page, Durability::kProcess);
  ProgressBar bar("labelling", "lines");
  DocumentReader reader(files, arguments.reading,
                        [&](std::string_view notice) { bar.print_line(notice); });
  ViewPage page(model.labels(), model.options().labels == "collapsed",
                typed_command("skol view", given));
  run_prediction(model, arguments.machine.prediction, reader, bar,
                 [&](const LabelledDocument& labelled) { page.add(labelled); });
  bar.erase();
  const ViewCounts counts = page.counts();
  if (counts.documents == 0) fail(ErrorKind::kInput, "no document could be read to show");
  if (const std::string summary = reader.diagnostics().summary(); !summary.empty()) {
    warn(fmt::format("{} (--diagnostics lists them)", summary));
  }
  const std::string html = std::move(page).finish();
  file.write(html);
  file.commit();
  if (arguments.json) {
    print_to_stdout(counts_json(counts, arguments.page, html.size()));
  } else {
    print_to_stderr(counts_text(counts, arguments.page));
  }
  return kExitDone;
}

}  // namespace skol
