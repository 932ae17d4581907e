// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "device/nvml.h"
#include "prediction/running_predictions.h"
#include "report/json_report.h"

namespace skol {

// gpu_memories(), asked for in a process of its own: a driver may hang or crash.
GpuMemories ask_gpus(std::chrono::milliseconds timeout);

// Whether a run is on a GPU, by itself or through a server.
bool is_on_gpu(const RunningPrediction& run);

// A line for each GPU that can be opened: used of total, and what of it these runs have by their
// own, where the driver says so. One line why where none is told.
std::vector<std::string> gpu_lines(const GpuMemories& gpus,
                                   std::span<const RunningPrediction> runs);

// {name, bytes, used_bytes, process_bytes} of the GPU that a run is on: the one where the driver
// sees its process, or the only one there is. process_bytes is null where the driver does not say:
// process numbers are of another namespace in a container, and a server has the memory of its
// clients. null where the GPU is not known.
Json gpu_of_run(const GpuMemories& gpus, const RunningPrediction& run);

}  // namespace skol
