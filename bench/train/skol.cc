// SPDX-License-Identifier: Apache-2.0
// bench_train_skol: steps of training (forward, backward, Adam) from sparse rows, no dropout.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "base/process_memory.h"
#include "base/thread_pool.h"
#include "harness/measured_run.h"
#include "model/model_data.h"
#include "network/adam.h"
#include "network/gradient.h"
#include "workload/workload.h"

namespace skol::bench {
namespace {

// Losses of these first steps are compared between engines.
constexpr std::size_t kComparedSteps = 4;

class Training {
 public:
  Training(const Model& model, const Workload& workload, std::size_t batch, ThreadPool& pool)
      : workload_(workload),
        windows_(workload.window_rows()),
        batch_(batch),
        pool_(pool),
        kernels_(find_kernels("auto")),
        parameters_(model.data().parameters),
        gradient_(parameters_.shape()),
        pass_(parameters_.shape(), kernels_, pool),
        adam_(parameters_.shape(), {.clip_norm = 0}) {
    // The peers know no line without a label.
    for (const std::int32_t label : workload.labels) labels_.push_back(std::max(label, 0));
  }

  // The step on the b-th batch; its loss.
  double step(std::size_t b) {
    const double loss = pass_.run(
        parameters_, {workload_.rows, labels_, std::span(windows_).subspan(b * batch_, batch_)}, {},
        {}, gradient_);
    adam_.update(kernels_, pool_, gradient_, pass_.touched(), parameters_);
    return loss;
  }
  std::size_t batches() const { return windows_.size() / batch_; }

 private:
  const Workload& workload_;
  std::vector<WindowRows> windows_;
  std::vector<std::int32_t> labels_;
  std::size_t batch_;
  ThreadPool& pool_;
  const Kernels& kernels_;
  Parameters parameters_, gradient_;
  GradientPass pass_;
  Adam adam_;
};

void run(const EngineArguments& arguments) {
  const Model model = load_model(arguments.model);
  const Workload workload = read_workload(arguments.workload);
  ThreadPool pool(arguments.threads);
  nlohmann::json points = nlohmann::json::array();
  for (const std::size_t batch : arguments.batch_sizes) {
    Training training(model, workload, batch, pool);
    std::vector<double> losses;
    for (std::size_t b = 0; b < kComparedSteps; ++b) losses.push_back(training.step(b));
    const auto rates =
        windows_per_second(arguments, batch, training.batches(), [&](std::size_t count) {
          for (std::size_t b = 0; b < count; ++b) training.step(b);
        });
    points.push_back({{"batch_size", batch},
                      {"losses", losses},
                      {"windows_per_second", rates},
                      {"peak_bytes", peak_memory_bytes()}});
  }
  fmt::print("{}\n", nlohmann::json{{"engine", "skol"},
                                    {"version", SKOL_VERSION},
                                    {"precision", arguments.precision},
                                    {"threads", arguments.threads},
                                    {"input", "sparse rows"},
                                    {"points", points}}
                         .dump());
}

}  // namespace
}  // namespace skol::bench

int main(int argc, char** argv) {
  try {
    skol::bench::run(skol::bench::parse_engine_arguments(
        argc, argv, "windows a second of skol's training steps, from sparse rows"));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
