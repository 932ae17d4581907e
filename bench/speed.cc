// SPDX-License-Identifier: Apache-2.0
// Windows per second of prediction (from sparse rows to probabilities) and of training, and what
// share of the multiply-add peak that is. Peak and work are timed in turn, several times; what is
// printed is the median, since machines are noisy: compare shares, not seconds. The rows of bf16
// are compared with the peak of bf16.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

#include "base/round_up.h"
#include "base/thread_pool.h"
#include "harness/bf16_multiply_adds.h"
#include "model/model_data.h"
#include "multiply_add_peak.h"
#include "network/adam.h"
#include "network/gradient.h"
#include "network/network.h"
#include "skol/model.h"

namespace skol {
namespace {

constexpr std::size_t kWindow = 50, kStride = 25, kInputs = 1000, kEntries = 30;

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// One document long enough for `windows` windows, with about as many entries a line as the corpus.
SparseRows make_lines(std::size_t windows) {
  std::mt19937 random(1);
  SparseRows rows;
  for (std::size_t line = 0; line < (windows - 1) * kStride + kWindow; ++line) {
    std::vector<std::uint32_t> columns;
    for (std::size_t j = 0; j < kEntries; ++j) {
      // Squaring favours the first columns, as the vocabulary's order by frequency does.
      const double u = std::uniform_real_distribution<>(0, 1)(random);
      columns.push_back(static_cast<std::uint32_t>(u * u * kInputs));
    }
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    rows.append(columns, std::vector<float>(columns.size(), 0.5f));
  }
  return rows;
}

// Multiply-adds of one window, in floating-point operations: recurrent and upper layers, dense
// layer, and the lines that are new in it.
double window_operations(const NetworkShape& s) {
  const double u = static_cast<double>(s.units()), lines = kWindow;
  const double layers = static_cast<double>(s.num_layers);
  const double recurrent = layers * 2 * u * 4 * u, upper = (layers - 1) * 2 * u * 8 * u;
  const double sparse = kEntries * 8 * u * kStride / kWindow;
  return 2 * lines * (recurrent + upper + sparse + 2 * u * 16);
}

struct Measured {
  double windows_per_second, share;
};

// work does `windows` windows; rounds of peak and work take turns.
using Peak = double(std::size_t rounds);

Measured measure(std::size_t windows, double operations, ThreadPool& pool, std::size_t repeats,
                 Peak& run_peak, const std::function<void()>& work) {
  std::vector<double> rates, shares;
  work();
  for (std::size_t i = 0; i < repeats; ++i) {
    constexpr std::size_t kRounds = 4'000'000;
    std::vector<double> done(pool.size());
    const double peak_seconds = seconds_of([&] {
      pool.parallel_for(pool.size(),
                        [&](std::size_t task, std::size_t) { done[task] = run_peak(kRounds); });
    });
    double peak = 0;
    for (const double operations_done : done) peak += operations_done / peak_seconds;
    const double rate = static_cast<double>(windows) / seconds_of(work);
    rates.push_back(rate);
    shares.push_back(rate * operations / peak);
  }
  return {median(rates), median(shares)};
}

Measured prediction(const NetworkShape& shape, std::size_t batch, ThreadPool& pool,
                    std::size_t repeats, const Bf16Kernels* bf16) {
  const Parameters parameters = initial_parameters(shape, 1);
  const Network network(parameters, find_kernels("auto"), bf16);
  // As BatchPredictor cuts a batch: a multiple of the threads, of even size.
  const bool shared = directions_are_shared(batch, pool.size(), network.kernels().tile_rows());
  const std::size_t tasks_of_batch =
      shared ? 1
             : std::min(batch, round_up((batch + kMicroBatchWindows - 1) / kMicroBatchWindows,
                                        pool.size()));
  const std::size_t micro = (batch + tasks_of_batch - 1) / tasks_of_batch;
  const std::size_t batches = std::max<std::size_t>(1, 512 / batch);
  const std::size_t windows = batch * batches;
  const SparseRows lines = make_lines(windows);
  std::vector<float> probabilities(windows * kWindow * shape.num_classes);
  std::vector<WindowTask> tasks;
  for (std::size_t w = 0; w < windows; ++w) {
    tasks.push_back({{w * kStride, kWindow}, &probabilities[w * kWindow * shape.num_classes]});
  }
  std::vector<Workspace> workspaces;
  for (std::size_t t = 0; t < pool.size(); ++t) workspaces.emplace_back(shape, micro, kWindow);
  Peak& run_peak = bf16 != nullptr ? bench::run_bf16_multiply_adds : run_multiply_adds;
  return measure(windows, window_operations(shape), pool, repeats, run_peak, [&] {
    for (std::size_t b = 0; b < batches; ++b) {
      if (shared) {
        predict_windows(network, lines, std::span(tasks).subspan(b * batch, batch), workspaces[0],
                        pool);
        continue;
      }
      pool.parallel_for(tasks_of_batch, [&](std::size_t task, std::size_t thread) {
        const std::size_t first = b * batch + task * batch / tasks_of_batch;
        const std::size_t count = b * batch + (task + 1) * batch / tasks_of_batch - first;
        predict_windows(network, lines, std::span(tasks).subspan(first, count), workspaces[thread]);
      });
    }
  });
}

// A step is one way forward, and one back with the gradients of inputs and of weights: three times
// the forward operations, less the input gradient of the lowest layer.
Measured training(const NetworkShape& shape, std::size_t batch, ThreadPool& pool,
                  std::size_t repeats) {
  const Kernels& kernels = find_kernels("auto");
  Parameters parameters = initial_parameters(shape, 1), gradient(shape);
  GradientPass pass(shape, kernels, pool);
  Adam adam(shape, {});
  constexpr std::size_t kSteps = 4;
  const SparseRows lines = make_lines(batch * kSteps);
  const std::vector<std::int32_t> labels(lines.size(), 1);
  std::uint64_t step = 0;
  const double operations = 3 * window_operations(shape);
  return measure(batch * kSteps, operations, pool, repeats, run_multiply_adds, [&] {
    for (std::size_t s = 0; s < kSteps; ++s) {
      std::vector<WindowRows> windows;
      for (std::size_t w = 0; w < batch; ++w) {
        windows.push_back({(s * batch + w) * kStride, kWindow});
      }
      pass.run(parameters, {lines, labels, windows}, {}, {.rate = 0.3, .seed = 1, .step = ++step},
               gradient);
      adam.update(kernels, pool, gradient, pass.touched(), parameters);
    }
  });
}

// Milliseconds from a model's file to a model, median.
double loading(const NetworkShape& shape, std::size_t repeats) {
  TrainingOptions options;
  options.features = "compact";
  options.hidden_size = shape.hidden_size;
  options.num_layers = shape.num_layers;
  options.prediction_stride = options.training_stride = kStride;
  std::vector<std::string> words(shape.input_size);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = fmt::format("word{}", i);
  const std::vector<double> idf(words.size(), 1.0);
  const Model model(std::make_shared<const ModelData>(
      ModelData{options, kDefaultPredictionBatchSize, "", "", LabelSet({"A", "B", "C"}),
                Vectorizer(words, {}, idf), initial_parameters(shape, 1)}));
  const std::string path = "skol_speed_model.skol";
  save_model(model, path);
  std::vector<double> times;
  for (std::size_t i = 0; i < repeats; ++i) {
    times.push_back(1e3 * seconds_of([&] { load_model(path); }));
  }
  std::remove(path.c_str());
  return median(times);
}

void run(const NetworkShape& shape, const std::vector<std::size_t>& thread_counts,
         const std::vector<std::size_t>& batches, std::size_t repeats) {
  fmt::print("{}x{}, window {}, stride {}, {} inputs, {}\n", shape.hidden_size, shape.num_layers,
             kWindow, kStride, kInputs, find_kernels("auto").name());
  fmt::print("{:<12}{:>8}{:>8}{:>14}{:>16}\n", "", "threads", "batch", "windows/s",
             "share of peak");
  const auto row = [](const char* task, std::size_t threads, std::size_t batch, Measured m) {
    fmt::print("{:<12}{:>8}{:>8}{:>14.0f}{:>15.1f}%\n", task, threads, batch, m.windows_per_second,
               100 * m.share);
  };
  fmt::print("{:<12}{:>8}{:>8}{:>11.1f} ms\n", "load", 1, "", loading(shape, repeats));
  const Bf16Kernels* bf16 = native_bf16_kernels();
  for (const std::size_t threads : thread_counts) {
    ThreadPool pool(threads);
    for (const std::size_t batch : batches) {
      row("predict", threads, batch, prediction(shape, batch, pool, repeats, nullptr));
    }
    for (const std::size_t batch : bf16 == nullptr ? std::vector<std::size_t>{} : batches) {
      row("bf16", threads, batch, prediction(shape, batch, pool, repeats, bf16));
    }
    row("train", threads, 32, training(shape, 32, pool, repeats));
  }
}

}  // namespace
}  // namespace skol

int main(int argc, char** argv) {
  CLI::App app("Windows per second of prediction and training, and the share of the peak");
  skol::NetworkShape shape{skol::kInputs, 128, 2, 3};
  std::vector<std::size_t> threads, batches{1, 6, 12, 24, 64, 256};
  for (std::size_t t = 1; t <= skol::usable_cores(); t *= 2) threads.push_back(t);
  std::size_t repeats = 9;
  app.add_option("--hidden-size", shape.hidden_size, "units of each direction");
  app.add_option("--num-layers", shape.num_layers, "layers, 1 or more");
  app.add_option("--threads", threads, "numbers of threads")->delimiter(',');
  app.add_option("--batches", batches, "prediction batch sizes")->delimiter(',');
  app.add_option("--repeats", repeats, "times each is measured");
  CLI11_PARSE(app, argc, argv);
  skol::run(shape, threads, batches, repeats);
}
