// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/fail.h"
#include "base/in_quotes.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/document_reader.h"
#include "cli/exit_status.h"
#include "cli/gpu_size.h"
#include "cli/memory_check.h"
#include "cli/model_access.h"
#include "cli/option_flags.h"
#include "cli/output_plan.h"
#include "cli/page_option.h"
#include "cli/plan_table.h"
#include "cli/prediction_run.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "features/classified_lines.h"
#include "report/plan_json.h"
#include "report/plan_page.h"
#include "tuning/model_plan.h"

namespace skol {
namespace {

// A driver that works answers in well under a second.
constexpr std::chrono::seconds kGpuPatience{10};

// A plan for a model, and for text to label with it.
struct ModelArguments {
  std::string uri;
  std::vector<std::string> inputs;
  PredictionOptions prediction;
  ReadingOptions reading;
};

void declare(CommandLine& line, ModelArguments& model) {
  line.add_option({"--model", "MODEL", "What an executor takes",
                   "instead of these: what predictions with this model take, by its memory model"},
                  [&model](const std::string& uri) { model.uri = uri; });
  line.add_optional_positional("INPUT", model.inputs,
                               "text to label with --model: its lengths, windows and calls");
  add_prediction_options(line, model.prediction, {"prediction_stride", "threads", "target"});
  add_reading_options(line, model.reading, ReadingVerb::kLabels);
}

Workload read_workload(const ModelArguments& model, MemoryPlan& memory) {
  std::vector<std::size_t> lines;
  const std::vector<InputFile> files = find_inputs(model.inputs);
  memory.document_bytes = largest_documents(files, memory);
  DocumentReader reader(files, model.reading, notice_on_stderr);
  if (reads_ahead()) memory.other_text = reader.bytes_in_all() - reader.largest_bytes();
  while (const std::optional<Document> document = reader.next()) {
    lines.push_back(ClassifiedLines(*document).size());
  }
  return profile_workload(lines, memory.window_size, memory.stride);
}

// What a tuning of the model on a device measured there.
Plan plan_on_device(PlanOptions options, const ModelArguments& model) {
  const Model stored = open_model(model.uri);
  if (!stored.tuned() || stored.tuned()->device == "cpu") {
    fail(ErrorKind::kParameter,
         "device_memory is given together with a model that was not tuned on a device: skol tune "
         "MODEL --device cuda --save measures there, or expected host_memory");
  }
  options.base_memory = std::to_string(stored.tuned()->base_bytes);
  options.window_memory = std::to_string(stored.tuned()->window_bytes);
  return make_plan(parse_plan_options(options));
}

std::pair<Plan, std::optional<Workload>> plan_of(const PlanOptions& options,
                                                 const ModelArguments& model) {
  if (model.uri.empty()) {
    if (!model.inputs.empty()) {
      fail_usage("{} is given without --model, which has the size of a window",
                 in_quotes(model.inputs.front()));
    }
    return {make_plan(parse_plan_options(options)), std::nullopt};
  }
  if (options.device_memory && model.inputs.empty() && !options.points && !options.base_memory) {
    return {plan_on_device(options, model), std::nullopt};
  }
  MemoryPlan memory = plan_before_loading(model.uri, model.prediction);
  std::optional<Workload> workload;
  if (!model.inputs.empty()) workload = read_workload(model, memory);
  return {plan_for_model(options, memory, workload), workload};
}

}  // namespace

int plan_command(Arguments arguments) {
  CommandLine line("skol plan",
                   "Says which prediction batch sizes fit in a memory that executors share: each "
                   "takes base + batch size x window. safe is up to 95 % of the memory, tight up "
                   "to all of it. Sizes: 412MB (1000^2), 6.6GiB (1024^3), plain bytes. Such as: "
                   "skol plan --base-memory 250MiB --window-memory 20MiB --device-memory 6.6GiB "
                   "--executors 4");
  PlanOptions options;
  ModelArguments model;
  bool json = false;
  std::optional<std::string> page;
  visit_plan_options(options, [&](const PlanOption& option, PlanOptions::Text& value) {
    line.add_option({flag_name(option.name), option.placeholder, option.group,
                     with_flags(option.help), value.value_or("")},
                    [&value](const std::string& text) { value = text; });
  });
  declare(line, model);
  line.add_flag("--json", json, "Output", "print one JSON object");
  add_page_option(line, page);
  if (!line.parse(arguments)) return kExitDone;
  check_page(page);
  if (options.device_memory == "auto") options.device_memory = size_of_gpu(kGpuPatience);

  const auto [plan, workload] = plan_of(options, model);
  if (page) {
    refuse_page_over({}, "", {}, *page);
    write_file_atomically(*page, plan_page(plan, typed_command("skol plan", arguments)),
                          Durability::kProcess);
  }
  const std::size_t size =
      plan.prediction_batch_size.value_or(std::max<std::size_t>(1, plan.largest_safe));
  if (!json) {
    print_to_stdout(plan_table(plan, terminal_of(STDOUT_FILENO)) +
                    (workload ? workload_text(*workload, size) : ""));
    return kExitDone;
  }
  Json report = plan_report(plan);
  if (workload) report["workload"] = workload_report(*workload, size);
  print_to_stdout(to_line(report));
  return kExitDone;
}

}  // namespace skol
