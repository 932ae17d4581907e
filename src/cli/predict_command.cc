// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <queue>
#include <system_error>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/process_memory.h"
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
#include "cli/report_json.h"
#include "cli/standard_output.h"
#include "prediction/output_format.h"
#include "report/prediction_page.h"

namespace skol {
namespace {

using Clock = std::chrono::steady_clock;

struct PredictArguments {
  std::string model;
  std::vector<std::string> inputs;
  std::optional<std::string> folder;
  std::string format = "annotated";
  bool coalesce = false;
  double unsure_below = 0;
  bool json = false;
  std::optional<std::string> page;
  MachineOptions machine;
  ReadingOptions reading;
};

void declare(CommandLine& line, PredictArguments& arguments) {
  add_model_argument(line, arguments.model);
  line.add_positional("INPUT", arguments.inputs,
                      "text: files, folders (all *.txt and *.ann below) or -; the labels of "
                      "annotated text are ignored");
  line.add_option({"-o,--output", "DIR", "Output",
                   "write a file for each document below this folder, not standard output"},
                  [&](const std::string& folder) { arguments.folder = folder; });
  add_choice(line, "format", arguments.format, {"annotated", "labels", "probs", "jsonl"}, "Output",
             "annotated text; labels or probabilities as TSV; JSON, an object a line");
  line.add_flag("--coalesce", arguments.coalesce, "Output",
                "annotated: one block for neighbours of one label");
  add_number(line, "unsure_below", arguments.unsure_below, "Output",
             "labels, probs, jsonl: mark lines whose label is less probable, for a person to look "
             "at; 0: none");
  line.add_flag("--json", arguments.json, "Output",
                "report as one JSON object: on standard output, or where the labels go there, as "
                "the last line on standard error");
  add_page_option(line, arguments.page);
  add_machine_options(line, arguments.machine);
  add_reading_options(line, arguments.reading, ReadingVerb::kLabels);
}

void check_arguments(const PredictArguments& arguments) {
  if (arguments.coalesce && arguments.format != "annotated") {
    fail_usage("--coalesce joins blocks of annotated text: it does not go with --format {}",
               arguments.format);
  }
  if (!(arguments.unsure_below >= 0 && arguments.unsure_below <= 1)) {
    fail_usage("--unsure-below is {}: expected a probability, 0 to 1", arguments.unsure_below);
  }
  if (arguments.unsure_below > 0 && arguments.format == "annotated") {
    fail_usage("--unsure-below marks rows: it goes with --format labels, probs or jsonl, not {}",
               arguments.format);
  }
  if (arguments.folder && arguments.folder->empty()) {
    fail_usage("-o is '': expected the path of a folder");
  }
  check_page(arguments.page);
  check_machine(arguments.machine);
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    fail(ErrorKind::kStorage, "cannot make the folder {}: {}", in_quotes(folder.string()),
         error.message());
  }
}

// The results: a file a document below the folder, or one after the other on standard output.
class Results {
 public:
  Results(const PredictArguments& arguments, const std::vector<InputFile>& files,
          const Model& model)
      : formatter_(parse_output_format(arguments.format), model.labels(), arguments.coalesce,
                   arguments.unsure_below) {
    std::vector<std::string> outputs;
    if (arguments.folder) {
      outputs = plan_outputs(files, arguments.model, *arguments.folder,
                             extension(parse_output_format(arguments.format)));
    } else {
      refuse_to_overwrite(files, "");
    }
    if (arguments.page) refuse_page_over(files, arguments.model, outputs, *arguments.page);
    if (!arguments.folder) {
      output_.write(formatter_.header());
      return;
    }
    for (std::size_t i = 0; i < files.size(); ++i) paths_[files[i].path] = outputs[i];
    make_folder(*arguments.folder);
  }

  void write(const LabelledDocument& labelled) {
    if (paths_.empty()) {
      formatter_.write(labelled, [&](std::string_view text) { output_.write(text); });
      output_.flush();
      return;
    }
    const std::string& path = paths_.at(labelled.document.id);
    make_folder(std::filesystem::path(path).parent_path());
    AtomicFile file(path, Durability::kProcess);
    file.write(formatter_.header());
    formatter_.write(labelled, [&](std::string_view text) { file.write(text); });
    file.commit();
  }

  void finish() { output_.flush(); }
  OutputCounts counts(std::size_t skipped) const {
    return {skipped, formatter_.not_round_trip(), formatter_.unsure_lines()};
  }

 private:
  OutputFormatter formatter_;
  StandardOutput output_;
  std::map<std::string, std::string> paths_;  // by document; empty: standard output
};

void warn_of_irregularities(const OutputCounts& counts, const DiagnosticsLog& diagnostics) {
  if (const std::string summary = diagnostics.summary(); !summary.empty()) {
    warn(fmt::format("{} (--diagnostics lists them)", summary));
  }
  if (counts.not_round_trip > 0) {
    warn(fmt::format("'[@' or '*]' in {}, written as it is: a reader may take it for markup",
                     counted(counts.not_round_trip, "line")));
  }
}

std::string report_text(const PredictionReport& report, const OutputCounts& counts) {
  std::string skipped;
  if (counts.skipped > 0) skipped = fmt::format(" ({} skipped)", with_commas(counts.skipped));
  return fmt::format("{}{}, {} in {:.2f} s: {} lines/s, peak {}\n",
                     counted(report.stats.documents, "document"), skipped,
                     counted(report.stats.lines, "line"), report.seconds,
                     with_commas(static_cast<std::size_t>(report.lines_per_second())),
                     as_bytes(report.peak_bytes));
}

}  // namespace

int predict_command(Arguments given) {
  CommandLine line("skol predict",
                   "Labels every line of text. Without -o the labels go to standard output.");
  PredictArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;
  check_arguments(arguments);
  name_run(arguments.machine, "predict", arguments.model);

  const auto begin = Clock::now();
  const StoreEntry entry = look_before_loading(arguments.model);
  const std::vector<InputFile> files = find_inputs(arguments.inputs);
  check_memory(arguments.model, entry, files, arguments.machine.prediction);
  const Model model = open_model(arguments.model);
  Results results(arguments, files, model);
  std::optional<AtomicFile> page;
  if (arguments.page) page.emplace(*arguments.page, Durability::kProcess);
  ProgressBar bar("labelling", "lines");
  DocumentReader reader(files, arguments.reading,
                        [&](std::string_view notice) { bar.print_line(notice); });
  PredictionReport report;
  report.stats = run_prediction(
      model, arguments.machine.prediction, reader, bar,
      [&](const LabelledDocument& labelled) { results.write(labelled); },
      ReadingAndWriting::kOverlapped);
  results.finish();
  bar.erase();
  report.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  report.peak_bytes = peak_memory_bytes();
  const OutputCounts counts = results.counts(reader.skipped());
  warn_of_irregularities(counts, reader.diagnostics());
  const std::string json = prediction_json(report, counts, reader.diagnostics());
  if (page) {
    page->write(prediction_page(Json::parse(json), typed_command("skol predict", given)));
    page->commit();
  }
  if (!arguments.json) {
    print_to_stderr(report_text(report, counts));
    return kExitDone;
  }
  arguments.folder ? print_to_stdout(json) : print_to_stderr(json);
  return kExitDone;
}

}  // namespace skol
