// SPDX-License-Identifier: Apache-2.0
// bench_peak --threads N: operations a second of pure multiply-adds on registers, as JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/thread_pool.h"
#include "harness/bf16_multiply_adds.h"
#include "harness/measured_run.h"
#include "multiply_add_peak.h"

namespace skol::bench {
namespace {

// Operations a second, the median of some tries. Each is some 60 ms long, so that all threads are
// awake and take their part: where one is late, another may do its work as well.
double peak(ThreadPool& pool, const std::function<double(std::size_t)>& multiply_adds) {
  constexpr std::size_t kRounds = 40'000'000, kTries = 5;
  std::vector<double> rates;
  for (std::size_t i = 0; i < kTries; ++i) {
    std::vector<double> done(pool.size());
    const double seconds = seconds_of([&] {
      pool.parallel_for(
          pool.size(), [&](std::size_t task, std::size_t) { done[task] = multiply_adds(kRounds); });
    });
    double sum = 0;
    for (const double operations : done) sum += operations;
    rates.push_back(sum / seconds);
  }
  std::nth_element(rates.begin(), rates.begin() + kTries / 2, rates.end());
  return rates[kTries / 2];
}

}  // namespace
}  // namespace skol::bench

int main(int argc, char** argv) {
  CLI::App app("Operations a second of multiply-adds on registers");
  std::size_t threads = 1;
  app.add_option("--threads", threads);
  CLI11_PARSE(app, argc, argv);
  skol::ThreadPool pool(threads);
  nlohmann::json out{{"fp32", skol::bench::peak(pool, skol::run_multiply_adds)}};
  if (skol::bench::has_bf16_multiply_adds()) {
    out["bf16"] = skol::bench::peak(pool, skol::bench::run_bf16_multiply_adds);
  }
  fmt::print("{}\n", out.dump());
}
