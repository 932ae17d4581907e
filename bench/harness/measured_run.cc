// SPDX-License-Identifier: Apache-2.0
#include "harness/measured_run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace skol::bench {

EngineArguments parse_engine_arguments(int argc, char** argv, const char* what) {
  EngineArguments arguments;
  CLI::App app(what);
  app.add_option("--model", arguments.model)->required();
  app.add_option("--workload", arguments.workload)->required();
  app.add_option("--output", arguments.output, "where the answers go");
  app.add_option("--batch-sizes", arguments.batch_sizes)->delimiter(',');
  app.add_option("--threads", arguments.threads);
  app.add_option("--precision", arguments.precision);
  app.add_option("--passes", arguments.passes);
  app.add_option("--pass-seconds", arguments.pass_seconds);
  app.add_flag("--memory", arguments.memory);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return arguments;
}

std::vector<double> windows_per_second(const EngineArguments& arguments, std::size_t batch_size,
                                       std::size_t batches,
                                       const std::function<void(std::size_t)>& run) {
  run(1);
  const double one = seconds_of([&] { run(1); });
  const auto fitting = static_cast<std::size_t>(arguments.pass_seconds / one);
  const std::size_t count = std::clamp<std::size_t>(fitting, 1, batches);
  std::vector<double> rates;
  for (std::size_t pass = 0; pass < arguments.passes; ++pass) {
    const double seconds = seconds_of([&] { run(count); });
    rates.push_back(static_cast<double>(count * batch_size) / seconds);
  }
  return rates;
}

void write_answers(const std::string& path, const std::vector<float>& values) {
  if (path.empty()) return;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(float)));
}

}  // namespace skol::bench
