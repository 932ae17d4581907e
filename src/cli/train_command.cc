// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/hide_password.h"
#include "base/in_quotes.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/document_reader.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/model_access.h"
#include "cli/option_flags.h"
#include "cli/output_plan.h"
#include "cli/page_option.h"
#include "cli/progress_bar.h"
#include "cli/report_json.h"
#include "cli/report_table.h"
#include "cli/standard_output.h"
#include "kernels/kernels.h"
#include "report/training_page.h"
#include "skol/store.h"
#include "skol/trainer.h"
#include "training/class_weights.h"

namespace skol {
namespace {

struct TrainArguments {
  std::vector<std::string> inputs;
  std::string model;
  std::chrono::seconds expire{0};
  TrainingOptions training;
  PredictionOptions machine;  // threads and target
  ReadingOptions reading;
  std::optional<std::string> page;
  bool json = false;
};

void declare(CommandLine& line, TrainArguments& arguments) {
  line.add_positional("INPUT", arguments.inputs,
                      "annotated text: files, folders (all *.ann and *.txt below) or -");
  line.add_option({"-o,--output", "MODEL", "Output", "where to save the model", "", true},
                  [&](const std::string& model) { arguments.model = model; });
  add_expire_option(line, arguments.expire);
  line.add_flag("--json", arguments.json, "Output", "print the report as one JSON object");
  add_page_option(line, arguments.page);
  add_training_options(line, arguments.training);
  add_prediction_options(line, arguments.machine, {"threads", "target"});
  add_reading_options(line, arguments.reading, ReadingVerb::kMeasures);
}

// Whatever would fail after an hour of training fails before it.
void check_arguments(const TrainArguments& arguments, std::span<const InputFile> files) {
  check(arguments.training);
  check(arguments.machine);
  check_class_weights(arguments.training.class_weights);
  find_kernels(arguments.machine.target);
  const ModelLocation place = parse_model_uri(arguments.model);
  refuse_to_overwrite(files, arguments.model);
  check_page(arguments.page);
  if (arguments.page) refuse_page_over(files, arguments.model, {}, *arguments.page);
  open_store(place.store, store_options(arguments.expire))->check_put(place.name);
}

std::string epoch_line(const EpochReport& report) {
  std::string line = fmt::format("epoch {}: loss {:.4f}", report.epoch, report.loss);
  if (report.validation) {
    line +=
        fmt::format(", macro-F1 {:.4f} on the documents held back", report.validation->macro_f1);
  }
  return fmt::format("{} ({:.1f} s)", line, report.seconds);
}

TrainingResult train_with_progress(const std::vector<Document>& documents,
                                   const TrainArguments& arguments) {
  ProgressBar bar("training", "windows");
  std::size_t before = 0;  // windows of the epochs that are done
  TrainingEnvironment environment;
  environment.threads = arguments.machine.threads;
  environment.target = arguments.machine.target;
  environment.progress = [&](const TrainingProgress& now) {
    throw_if_interrupted();
    Progress progress;
    progress.done = (now.epoch - 1) * now.epoch_windows + now.windows;
    progress.total = now.epochs * now.epoch_windows;
    progress.units = before + now.windows;
    progress.status = fmt::format("epoch {}/{}{} loss {:.3f}", now.epoch, now.epochs,
                                  now.refit ? " (refit)" : "", now.loss);
    bar.update(progress);
    if (now.windows == now.epoch_windows) before += now.windows;
  };
  environment.epoch_done = [&](const EpochReport& report) { bar.print_line(epoch_line(report)); };
  return train(documents, arguments.training, environment);
}

std::string report_text(const TrainingResult& result) {
  const Terminal terminal = terminal_of(STDOUT_FILENO);
  if (!result.validation) {
    return "no document was held back, so nothing was measured\n";
  }
  return fmt::format("on the documents held back, after epoch {} of {}:\n\n{}", result.best_epoch,
                     result.epochs, scores_table(*result.validation, terminal));
}

}  // namespace

int train_command(Arguments given) {
  CommandLine line("skol train",
                   "Trains a model on annotated text: holds back a share of the documents, reports "
                   "on them and saves the model that was measured.");
  TrainArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;

  std::vector<InputFile> files = find_inputs(arguments.inputs);
  check_arguments(arguments, files);
  std::optional<AtomicFile> page;
  if (arguments.page) page.emplace(*arguments.page, Durability::kProcess);
  DocumentReader reader(std::move(files), arguments.reading, notice_on_stderr);
  const std::vector<Document> documents = read_all(reader, arguments.reading.strict);
  const TrainingResult result = train_with_progress(documents, arguments);
  throw_if_interrupted();
  save_model(result.model, arguments.model, store_options(arguments.expire));
  const std::string model = hide_password(arguments.model);
  const std::string json = training_json(result, reader.diagnostics(), model);
  if (page) {
    page->write(training_page(Json::parse(json), typed_command("skol train", given)));
    page->commit();
  }
  if (arguments.json) {
    print_to_stdout(json);
  } else {
    print_to_stderr(fmt::format("{}, {}, {} an epoch, {:.0f} windows/s\n",
                                counted(result.documents, "document"),
                                counted(result.lines, "line"), counted(result.windows, "window"),
                                result.windows_per_second));
    print_to_stdout(report_text(result));
    print_to_stderr(fmt::format("saved {}\n", in_quotes(model)));
  }
  return kExitDone;
}

}  // namespace skol
