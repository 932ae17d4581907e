// SPDX-License-Identifier: Apache-2.0
// bench_load_skol MODEL TIMES: seconds from a model's file to a model ready to predict, as JSON.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>

#include "harness/measured_run.h"
#include "skol/model.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: bench_load_skol MODEL TIMES\n");
    return 2;
  }
  try {
    std::vector<double> seconds;
    skol::load_model(argv[1]);
    for (int i = 0; i < std::atoi(argv[2]); ++i) {
      seconds.push_back(skol::bench::seconds_of([&] { skol::load_model(argv[1]); }));
    }
    fmt::print("{}\n", nlohmann::json{{"seconds", seconds}}.dump());
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
