// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/doctor_report.h"

namespace skol {

struct Gpu {
  std::string name;
  std::uint64_t bytes = 0, used = 0;
  bool instance = false;  // of a GPU that is divided (MIG)
  bool divided = false;   // into those that follow
};

// What there is of NVIDIA's driver. Files are those of the kernel, libraries those of the system.
struct GpuFacts {
  std::size_t device_files = 0;  // /dev/nvidia0, /dev/nvidia1, ...
  std::string kernel_module;     // its version; empty: not loaded
  bool cuda_library = false;     // libcuda.so.1 can be opened
  std::string nvml_problem;      // why libnvidia-ml.so.1 tells nothing; empty: it does
  std::string driver;            // as that library tells it
  std::vector<Gpu> gpus;
  std::string device_library;   // that of skol for CUDA, where it opens
  std::string library_problem;  // why not, or why it finds no device
  std::size_t usable = 0;       // devices that it finds
};

// `root` is the folder in which /dev and /proc are looked for. The libraries are opened in a
// process of their own, which may take so long.
GpuFacts find_gpus(const std::string& root, std::chrono::milliseconds timeout);

Section gpu_section(const GpuFacts& facts);

}  // namespace skol
