// SPDX-License-Identifier: Apache-2.0
// bench_predict_skol: sparse rows to merged probabilities through the public Predictor, which does
// more than the peers are asked for: it pools the windows and merges their overlaps.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/fail.h"
#include "base/process_memory.h"
#include "harness/measured_run.h"
#include "skol/error.h"
#include "skol/predictor.h"
#include "workload/workload.h"

namespace skol::bench {
namespace {

PredictionOptions options_of(const EngineArguments& arguments, std::size_t batch_size) {
  PredictionOptions options;
  options.prediction_batch_size = batch_size;
  options.threads = arguments.threads;
  bool has_precision = arguments.precision == "fp32";
  visit_prediction_options(options, [&]<class T>(const char* name, T& field, const char*) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (name != std::string_view("precision")) return;
      field = arguments.precision;
      has_precision = true;
    }
  });
  if (!has_precision) fail(ErrorKind::kParameter, "this skol has no option for the precision");
  return options;
}

// Labels the documents once; keeps the probabilities where `answers` wants them.
void run_once(Predictor& predictor, std::span<const Document> documents,
              std::vector<float>* answers) {
  std::size_t next = 0;
  predictor.run(
      [&]() -> std::optional<Document> {
        if (next == documents.size()) return std::nullopt;
        return documents[next++];
      },
      [&](LabelledDocument&& labelled) {
        if (!answers) return;
        answers->insert(answers->end(), labelled.probabilities.begin(),
                        labelled.probabilities.end());
      });
}

nlohmann::json point(const EngineArguments& arguments, const Workload& workload,
                     std::span<const Document> documents, const Model& model,
                     std::size_t batch_size) {
  nlohmann::json out{{"batch_size", batch_size}};
  Predictor predictor(model, options_of(arguments, batch_size));
  if (arguments.memory) {
    // The first document has most windows in the workloads made here; all are done, to be sure.
    run_once(predictor, documents, nullptr);
  } else {
    const std::size_t windows = workload.windows();
    out["windows_per_second"] = windows_per_second(arguments, windows, 8, [&](std::size_t times) {
      for (std::size_t i = 0; i < times; ++i) run_once(predictor, documents, nullptr);
    });
  }
  out["peak_bytes"] = peak_memory_bytes();
  return out;
}

void run(const EngineArguments& arguments) {
  std::optional<Model> model;
  const double load_seconds = seconds_of([&] { model = load_model(arguments.model); });
  model = without_vocabulary(*model);
  const Workload workload = read_workload(arguments.workload);
  const std::vector<Document> documents = workload.as_documents(*model);
  if (!arguments.output.empty()) {
    std::vector<float> answers;
    Predictor predictor(*model, options_of(arguments, 64));
    run_once(predictor, documents, &answers);
    write_answers(arguments.output, answers);
  }
  nlohmann::json points = nlohmann::json::array();
  for (const std::size_t batch_size : arguments.batch_sizes) {
    points.push_back(point(arguments, workload, documents, *model, batch_size));
  }
  fmt::print("{}\n", nlohmann::json{{"engine", "skol"},
                                    {"version", SKOL_VERSION},
                                    {"precision", arguments.precision},
                                    {"threads", arguments.threads},
                                    {"input", "sparse rows"},
                                    {"answers", "lines"},
                                    {"load_seconds", load_seconds},
                                    {"points", points}}
                         .dump());
}

}  // namespace
}  // namespace skol::bench

int main(int argc, char** argv) {
  try {
    skol::bench::run(skol::bench::parse_engine_arguments(
        argc, argv, "windows a second of skol, from sparse rows to merged probabilities"));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
