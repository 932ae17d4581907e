// SPDX-License-Identifier: Apache-2.0
#include "cli/gpu_size.h"

#include <fmt/format.h>

#include "base/fail.h"
#include "cli/child_process.h"
#include "cli/standard_output.h"
#include "device/nvml.h"
#include "text/findings.h"

namespace skol {
namespace {

int tell_size() {
  const GpuMemories found = gpu_memories();
  for (const GpuMemory& gpu : found.gpus) {
    if (gpu.divided || !gpu.memory_known || gpu.bytes == 0) continue;
    print_to_stdout(fmt::format("{}", gpu.bytes));
    return 0;
  }
  print_to_stdout(found.problem.empty() ? "the driver knows no GPU" : found.problem);
  return 1;
}

}  // namespace

std::string size_of_gpu(std::chrono::milliseconds timeout) {
  const ChildAnswer answer = in_child(tell_size, timeout);
  if (answer.ok()) return answer.output;
  const bool told = !answer.timed_out && answer.status == 1;
  fail(ErrorKind::kDevice, "no GPU whose memory could be asked for: {}; give a size such as 6.6GiB",
       told               ? printable_name(answer.output)
       : answer.timed_out ? "NVML does not answer"
                          : "NVML crashes");
}

}  // namespace skol
