// SPDX-License-Identifier: Apache-2.0
#include "cli/prediction_run.h"

#include <new>

#include "base/fail.h"
#include "base/hide_password.h"
#include "base/in_quotes.h"
#include "base/thread_pool.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/option_flags.h"
#include "cli/overlap.h"
#include "cli/standard_output.h"
#include "kernels/bf16_kernels.h"
#include "prediction/memory_plan.h"
#include "prediction/run_device.h"
#include "prediction/tuned_model.h"

namespace skol {
namespace {

void warn_if_tuned_elsewhere(const Model& model, const PredictionOptions& options) {
  if (!model.tuned()) return;  // nothing to compare the hardware with
  const std::string elsewhere =
      tuned_elsewhere(model, options.prediction_batch_size, prediction_hardware(options));
  if (!elsewhere.empty()) warn(elsewhere);
}

// A size that was asked for is not made smaller in silence; one that was left to choose is told.
void tell_choice(const BatchChoice& choice, const PredictionOptions& options) {
  if (choice.reduced) {
    warn(with_flags(choice.reason));
  } else if (options.prediction_batch_size == kAutoBatchSize) {
    print_to_stderr(fmt::format("skol: {}\n", with_flags(choice.reason)));
  }
}

// What runs out of memory outside of a batch, where nothing can be made smaller.
template <class Work>
auto naming(const char* what, const std::string& document, const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    fail(ErrorKind::kMemory, "no memory to {} {}: give the process more, or split the document",
         what, in_quotes(document));
  }
}

// Two threads more, and their documents, where the memory model does not count on what they take.
bool can_overlap(const BatchChoice& choice) {
  constexpr std::uint64_t kRoom = std::uint64_t{64} << 20;
  return reads_ahead() &&
         (!choice.budget.is_there() || choice.planned_bytes + kRoom <= choice.budget.bytes);
}

}  // namespace

void add_machine_options(CommandLine& line, MachineOptions& options) {
  add_prediction_options(line, options.prediction);
  const auto take_device = [&options](const std::string& text) {
    if (!is_device_name(text)) {
      fail_usage("--device is {}: expected cpu, cuda, cuda:N or auto", in_quotes(text));
    }
    options.prediction.device = text;
  };
  line.add_option(
      {"--device", "cpu|cuda[:N]|auto", kMachineGroup, "what computes", options.prediction.device},
      take_device);
}

void check_machine(const MachineOptions& options) {
  if (options.prediction.precision == "bf16" && options.prediction.device == "cpu" &&
      find_bf16_kernels(find_kernels(options.prediction.target)) == nullptr) {
    warn("--precision bf16: no AVX512_BF16 here or in the target chosen; computing in fp32");
  }
}

void name_run(MachineOptions& options, const std::string& verb, const std::string& uri) {
  options.prediction.run_name = verb;
  options.prediction.model_name = hide_password(uri);
}

bool reads_ahead() {
  return usable_cores() > 1;
}

PredictionStats run_prediction(const Model& model, const PredictionOptions& options,
                               DocumentReader& reader, ProgressBar& bar,
                               const Predictor::Sink& sink, ReadingAndWriting how) {
  Predictor predictor(model, options);
  if (!predictor.device_notice().empty()) warn(predictor.device_notice());
  warn_if_tuned_elsewhere(model, options);
  tell_choice(predictor.choice(), options);
  const Predictor::Sink naming_sink = [&](LabelledDocument&& labelled) {
    const std::string id = labelled.document.id;
    naming("write the labels of", id, [&] { sink(std::move(labelled)); });
  };
  std::optional<ReadAhead> ahead;
  std::optional<WriteBehind> behind;
  if (how == ReadingAndWriting::kOverlapped && can_overlap(predictor.choice())) {
    behind.emplace(naming_sink);
    ahead.emplace(reader);
  }
  Progress progress;
  progress.total = reader.bytes_in_all();
  const auto source = [&]() -> std::optional<Document> {
    // What was opened before is as good as labelled: a batch waits for no more than a few
    // documents.
    progress.done = ahead ? ahead->bytes_opened() : reader.bytes_opened();
    bar.update(progress);
    return ahead ? ahead->next() : reader.next();  // which name what they have no memory for
  };
  const auto counting_sink = [&](LabelledDocument&& labelled) {
    throw_if_interrupted();
    progress.units += labelled.document.lines.size();
    behind ? behind->write(std::move(labelled)) : naming_sink(std::move(labelled));
    bar.update(progress);
  };
  PredictionStats stats = predictor.run(source, counting_sink);
  if (behind) {
    behind->finish();
    MemoryPlan plan = memory_plan(model, options);
    plan.other_text = reader.bytes_in_all() - reader.largest_bytes();
    stats.choice.planned_bytes += plan.ahead_bytes(stats.choice.prediction_batch_size);
  }
  for (const std::string& notice : stats.notices) {
    if (notice != predictor.device_notice()) warn(notice);
  }
  return stats;
}

}  // namespace skol
