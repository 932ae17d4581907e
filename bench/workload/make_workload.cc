// SPDX-License-Identifier: Apache-2.0
// bench_workload MODEL FILE... --windows N -o FOLDER: the windows that all engines label.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "workload/workload.h"

int main(int argc, char** argv) {
  CLI::App app("Writes whole windows of annotated files as sparse rows, with their labels");
  std::string model, folder;
  std::vector<std::string> files;
  std::size_t windows = 1024;
  app.add_option("model", model)->required();
  app.add_option("files", files)->required();
  app.add_option("--windows", windows);
  app.add_option("-o,--output", folder)->required();
  CLI11_PARSE(app, argc, argv);
  try {
    skol::bench::write_workload(skol::bench::make_workload(skol::load_model(model), files, windows),
                                folder);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
