// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skol {

// A process on a GPU as the driver sees it: in a container its number is of the host, and means
// nothing inside.
struct GpuProcess {
  std::uint64_t pid = 0;
  std::optional<std::uint64_t> bytes;  // none: the driver does not say
};

// A GPU, or an instance of one that is divided (MIG): what a program can open.
struct GpuMemory {
  std::string name, uuid;
  std::uint64_t bytes = 0, used = 0, free = 0;
  bool instance = false;     // of a divided GPU
  bool divided = false;      // itself divided: its instances follow, and only they can be opened
  bool memory_known = true;  // false: the driver refuses, as for a divided GPU without the rights
  std::vector<GpuProcess> processes;
};

struct GpuMemories {
  std::string problem;  // why there are none, one line; empty: the driver answered
  std::string driver;   // its version
  std::vector<GpuMemory> gpus;
};

// What NVIDIA's management library says (NVML API Reference), opened for the call:
// SKOL_NVML_LIBRARY names it, else libnvidia-ml.so.1. It runs code of the driver, which may hang;
// whoever cannot wait calls it in a process of its own.
GpuMemories gpu_memories();

// What this process has of a GPU, where the driver says so.
std::optional<std::uint64_t> bytes_of_process(const GpuMemory& gpu, pid_t pid);

}  // namespace skol
