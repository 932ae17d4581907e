// SPDX-License-Identifier: Apache-2.0
#include "cli/gpu_use.h"

#include <fmt/format.h>

#include <optional>

#include "cli/child_process.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "text/findings.h"

namespace skol {
namespace {

int tell_gpus() {
  const GpuMemories found = gpu_memories();
  Json told = {{"problem", printable_name(found.problem)}, {"gpus", Json::array()}};
  for (const GpuMemory& gpu : found.gpus) {
    Json processes = Json::array();
    for (const GpuProcess& process : gpu.processes) {
      processes.push_back(
          Json::array({process.pid, process.bytes ? Json(*process.bytes) : Json(nullptr)}));
    }
    told["gpus"].push_back(
        Json::array({printable_name(gpu.name), gpu.bytes, gpu.used,
                     !gpu.divided && gpu.memory_known, gpu.instance, processes}));
  }
  print_to_stdout(told.dump());
  return 0;
}

GpuMemory gpu_of(const Json& told) {
  GpuMemory gpu;
  gpu.name = told.at(0).get<std::string>();
  gpu.bytes = told.at(1).get<std::uint64_t>();
  gpu.used = told.at(2).get<std::uint64_t>();
  gpu.memory_known = told.at(3).get<bool>();
  gpu.instance = told.at(4).get<bool>();
  for (const Json& process : told.at(5)) {
    GpuProcess& one = gpu.processes.emplace_back();
    one.pid = process.at(0).get<std::uint64_t>();
    if (!process.at(1).is_null()) one.bytes = process.at(1).get<std::uint64_t>();
  }
  return gpu;
}

}  // namespace

GpuMemories ask_gpus(std::chrono::milliseconds timeout) {
  const ChildAnswer answer = in_child(tell_gpus, timeout);
  GpuMemories gpus;
  try {
    const Json told = Json::parse(answer.output);
    gpus.problem = told.at("problem").get<std::string>();
    for (const Json& gpu : told.at("gpus")) {
      // One that is divided cannot be opened: its instances can.
      if (GpuMemory one = gpu_of(gpu); one.memory_known) gpus.gpus.push_back(std::move(one));
    }
  } catch (const Json::exception&) {
    gpus.problem = answer.timed_out ? "NVML does not answer" : "NVML crashes";
  }
  return gpus;
}

bool is_on_gpu(const RunningPrediction& run) {
  return run.status.device.starts_with("cuda:");
}

std::vector<std::string> gpu_lines(const GpuMemories& gpus,
                                   std::span<const RunningPrediction> runs) {
  if (gpus.gpus.empty()) {
    return {fmt::format("GPU memory is not known: {}",
                        gpus.problem.empty() ? "the driver knows no GPU" : gpus.problem)};
  }
  std::vector<std::string> lines;
  for (const GpuMemory& gpu : gpus.gpus) {
    std::uint64_t own = 0;
    std::size_t told = 0;
    for (const RunningPrediction& run : runs) {
      const auto bytes = bytes_of_process(gpu, run.process.pid);
      own += bytes.value_or(0);
      told += bytes.has_value();
    }
    lines.push_back(fmt::format("{}{}: {} of {} in use{}", gpu.instance ? "MIG instance " : "",
                                gpu.name, as_bytes(gpu.used), as_bytes(gpu.bytes),
                                told == 0 ? "" : fmt::format(", {} by these runs", as_bytes(own))));
  }
  return lines;
}

Json gpu_of_run(const GpuMemories& gpus, const RunningPrediction& run) {
  if (!is_on_gpu(run)) return nullptr;
  const GpuMemory* its = gpus.gpus.size() == 1 ? &gpus.gpus.front() : nullptr;
  std::optional<std::uint64_t> bytes;
  for (const GpuMemory& gpu : gpus.gpus) {
    const auto found = bytes_of_process(gpu, run.process.pid);
    if (!found) continue;
    its = &gpu;
    bytes = found;
  }
  if (its == nullptr) return nullptr;
  return {{"name", its->name},
          {"bytes", its->bytes},
          {"used_bytes", its->used},
          {"process_bytes", bytes ? Json(*bytes) : Json(nullptr)}};
}

}  // namespace skol
