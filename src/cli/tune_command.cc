// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/fail.h"
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
#include "cli/prediction_run.h"
#include "cli/report_json.h"
#include "cli/standard_output.h"
#include "cli/tuned_table.h"
#include "prediction/tuned_model.h"
#include "report/tune_page.h"
#include "skol/store.h"

namespace skol {
namespace {

// Of text that is read to measure on: some ten thousand windows, many batches of any size.
constexpr std::size_t kMostTextBytes = std::size_t{16} << 20;

struct TuneArguments {
  std::string model;
  std::vector<std::string> inputs;
  bool save = false;
  bool json = false;
  std::optional<std::string> page;
  double seconds = kTuningSeconds;
  MachineOptions machine;
  ReadingOptions reading;
};

void declare(CommandLine& line, TuneArguments& arguments) {
  add_model_argument(line, arguments.model);
  line.add_optional_positional("INPUT", arguments.inputs,
                               "text to measure on: files, folders (all *.txt and *.ann below) or "
                               "-; without it, made-up windows");
  line.add_flag("--save", arguments.save, "Output",
                "write the choice into the model, with what was measured, when and on what");
  line.add_flag("--json", arguments.json, "Output", "print one JSON object");
  add_page_option(line, arguments.page);
  add_number(line, "seconds", arguments.seconds, "Measuring", "about how long to measure");
  add_machine_options(line, arguments.machine);
  add_reading_options(line, arguments.reading, ReadingVerb::kLabels);
}

std::vector<Document> read_text(const TuneArguments& arguments, std::vector<InputFile> files) {
  std::vector<Document> documents;
  if (files.empty()) return documents;
  DocumentReader reader(std::move(files), arguments.reading, notice_on_stderr);
  std::size_t bytes = 0;
  while (std::optional<Document> document = reader.next()) {
    bytes += document->text.size();
    documents.push_back(std::move(*document));
    if (bytes < kMostTextBytes) continue;
    notice_on_stderr(fmt::format("measuring on the first {}: {} of text are enough",
                                 counted(documents.size(), "document"), as_bytes(bytes)));
    break;
  }
  if (documents.empty()) fail(ErrorKind::kInput, "no document could be read to measure on");
  if (const std::string summary = reader.diagnostics().summary(); !summary.empty()) {
    warn(fmt::format("{} (--diagnostics lists them)", summary));
  }
  return documents;
}

std::unique_ptr<ModelStore> open_store_of(const ModelLocation& place) {
  StoreOptions options = store_options();
  options.keep_expiry = true;
  return open_store(place.store, options);
}

// Puts the tuned model where `before` came from, unless another came there while it was measured.
void save_over(const std::string& uri, const StoredModel& before, const Model& tuned) {
  const ModelLocation place = parse_model_uri(uri);
  const std::unique_ptr<ModelStore> store = open_store_of(place);
  if (reading_models([&] { return store->get(place.name); }) != before.bytes) {
    throw CommandFailure(kExitFailed,
                         fmt::format("{} was replaced while it was measured: nothing was saved; "
                                     "tune the model that is there now",
                                     in_quotes(hide_password(uri))));
  }
  store->put(place.name, tuned.to_bytes());
}

void tell_what_is_saved(const TuneArguments& arguments, const Model& before, const Model& tuned) {
  const std::string name = in_quotes(hide_password(arguments.model));
  if (!arguments.save) {
    print_to_stderr(fmt::format("not saved: --save writes the choice into {}\n", name));
    return;
  }
  print_to_stderr(
      fmt::format("saved {}: prediction_batch_size {}, before {}; whoever loads the "
                  "model has it\n",
                  name, tuned.prediction_batch_size(), before.prediction_batch_size()));
}

}  // namespace

int tune_command(Arguments given) {
  CommandLine line("skol tune",
                   "Measures memory and speed against the batch size on this machine and chooses a "
                   "size. Labels do not depend on it.");
  TuneArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;
  check_page(arguments.page);
  check_machine(arguments.machine);
  if (const std::size_t size = arguments.machine.prediction.prediction_batch_size; size > 0) {
    warn(fmt::format("--prediction-batch-size {} is not used: tune looks for the size", size));
  }

  const StoredModel stored = open_stored_model(arguments.model);
  if (arguments.save) {
    const ModelLocation place = parse_model_uri(arguments.model);
    open_store_of(place)->check_put(place.name);
  }
  const std::vector<InputFile> files = find_inputs(arguments.inputs);
  std::optional<AtomicFile> page;
  if (arguments.page) {
    refuse_page_over(files, arguments.model, {}, *arguments.page);
    page.emplace(*arguments.page, Durability::kProcess);
  }
  const std::vector<Document> documents = read_text(arguments, files);
  if (terminal_of(STDERR_FILENO).interactive) {
    print_to_stderr(fmt::format("measuring for about {:g} s\n", arguments.seconds));
  }
  const Model tuned =
      tuned_model(stored.model, arguments.machine.prediction, documents, arguments.seconds);
  throw_if_interrupted();
  if (arguments.save) save_over(arguments.model, stored, tuned);
  if (page) {
    page->write(tune_page(tuned_report(tuned), typed_command("skol tune", given)));
    page->commit();
  }
  if (arguments.json) {
    print_to_stdout(tuning_json(tuned, hide_password(arguments.model), arguments.save));
    return kExitDone;
  }
  print_to_stdout(tuned_table(*tuned.tuned(), terminal_of(STDOUT_FILENO)));
  tell_what_is_saved(arguments, stored.model, tuned);
  return kExitDone;
}

}  // namespace skol
