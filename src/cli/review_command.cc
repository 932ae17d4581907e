// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/counted.h"
#include "base/in_quotes.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/document_reader.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/option_flags.h"
#include "cli/output_plan.h"
#include "cli/page_option.h"
#include "cli/progress_bar.h"
#include "cli/report_json.h"
#include "cli/standard_output.h"
#include "kernels/kernels.h"
#include "report/review_page.h"
#include "report/review_report.h"
#include "text/findings.h"
#include "training/class_weights.h"
#include "training/review.h"

namespace skol {
namespace {

using Clock = std::chrono::steady_clock;

struct ReviewArguments {
  std::vector<std::string> inputs;
  std::string page;
  std::optional<std::string> tsv;
  bool json = false;
  ReviewOptions review;
  TrainingOptions training;
  PredictionOptions machine;  // threads and target
  ReadingOptions reading;
};

void declare(CommandLine& line, ReviewArguments& arguments) {
  line.add_positional("INPUT", arguments.inputs,
                      "annotated text: files, folders (all *.ann and *.txt below) or -");
  line.add_option({"-o,--output", "PAGE", "Output", "the page of HTML to write", "", true},
                  [&](const std::string& page) { arguments.page = page; });
  line.add_option({"--tsv", "FILE", "Output", "write a row for each line told, for other programs"},
                  [&](const std::string& tsv) { arguments.tsv = tsv; });
  line.add_flag("--json", arguments.json, "Output", "print the report as one JSON object");
  add_review_options(line, arguments.review);
  add_training_options(line, arguments.training);
  add_prediction_options(line, arguments.machine, {"threads", "target"});
  add_reading_options(line, arguments.reading, ReadingVerb::kMeasures);
}

// Whatever would fail after the trainings fails before them.
void check_arguments(const ReviewArguments& arguments, std::span<const InputFile> files) {
  check_page(arguments.page, "-o");
  check_page(arguments.tsv, "--tsv");
  check(arguments.review);
  check(arguments.training);
  check(arguments.machine);
  check_class_weights(arguments.training.class_weights);
  find_kernels(arguments.machine.target);
  refuse_page_over(files, "", {}, arguments.page, "-o");
  if (arguments.tsv) {
    const std::string outputs[] = {arguments.page};
    refuse_page_over(files, "", outputs, *arguments.tsv, "--tsv");
  }
}

Review review_with_progress(const std::vector<Document>& documents,
                            const ReviewArguments& arguments) {
  ProgressBar bar("reviewing", "windows");
  std::size_t units = 0, before = 0;  // windows trained on; those of this fold told before
  std::size_t last_fold = 0;
  ReviewEnvironment environment;
  environment.threads = arguments.machine.threads;
  environment.target = arguments.machine.target;
  environment.look = throw_if_interrupted;
  environment.progress = [&](std::size_t fold, std::size_t folds, const TrainingProgress& now) {
    throw_if_interrupted();
    const std::size_t of_fold = (now.epoch - 1) * now.epoch_windows + now.windows;
    if (fold != last_fold || of_fold < before) before = 0;
    last_fold = fold;
    units += of_fold - before;
    before = of_fold;
    // A fold may end early and a refit begins anew: where it stands is its epoch.
    Progress progress;
    progress.done = (fold - 1) * now.epochs * now.epoch_windows + of_fold;
    progress.total = folds * now.epochs * now.epoch_windows;
    progress.units = units;
    progress.status = fmt::format("fold {}/{} epoch {}/{} loss {:.3f}", fold, folds, now.epoch,
                                  now.epochs, now.loss);
    bar.update(progress);
  };
  return review(documents, arguments.training, arguments.review, environment);
}

std::string report_text(const ReviewArguments& arguments, const std::vector<Document>& documents,
                        const Review& review) {
  const std::vector<Finding> findings = findings_of(documents, review);
  std::string out = fmt::format(
      "{} of {} labelled lines contradicted, in {}\n", with_commas(review.contradictions.size()),
      with_commas(review.scores.lines), counted(findings.size(), "place"));
  for (const LabelPair& pair : pairs_of(findings)) {
    out += fmt::format("{:>7}  {} -> {}\n", with_commas(pair.lines), printable_name(pair.gold),
                       printable_name(pair.predicted));
  }
  out += fmt::format("wrote {}", in_quotes(arguments.page));
  if (arguments.tsv) out += fmt::format(" and {}", in_quotes(*arguments.tsv));
  return out + "\n";
}

}  // namespace

int review_command(Arguments given) {
  CommandLine line("skol review",
                   "Finds likely slips of annotation: each document is labelled by a model that "
                   "was trained on others, and the lines where it surely says something else are "
                   "shown, the worst first.");
  ReviewArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;

  const auto begin = Clock::now();
  std::vector<InputFile> files = find_inputs(arguments.inputs);
  check_arguments(arguments, files);
  AtomicFile page(arguments.page, Durability::kProcess);
  std::optional<AtomicFile> tsv;
  if (arguments.tsv) tsv.emplace(*arguments.tsv, Durability::kProcess);
  DocumentReader reader(std::move(files), arguments.reading, notice_on_stderr);
  const std::vector<Document> documents = read_all(reader, arguments.reading.strict);
  const Review result = review_with_progress(documents, arguments);
  throw_if_interrupted();

  page.write(review_page(documents, result, arguments.review, typed_command("skol review", given)));
  if (tsv) tsv->write(review_tsv(documents, result));
  page.commit();
  if (tsv) tsv->commit();
  if (arguments.json) {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    print_to_stdout(review_json(documents, result, seconds, reader.diagnostics()));
  } else {
    print_to_stderr(report_text(arguments, documents, result));
  }
  return kExitDone;
}

}  // namespace skol
