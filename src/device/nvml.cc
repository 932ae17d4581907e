// SPDX-License-Identifier: Apache-2.0
#include "device/nvml.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

namespace skol {
namespace {

// The part of NVML that is needed here, as its reference declares it. A function that a library has
// not is as one that fails.
using NvmlDevice = void*;
struct NvmlMemory {
  unsigned long long total, free, used;
};
struct NvmlProcess {  // nvmlProcessInfo_t of nvmlDeviceGetComputeRunningProcesses_v3
  unsigned pid;
  unsigned long long bytes;
  unsigned gpu_instance, compute_instance;
};
constexpr unsigned long long kNotAvailable = ~0ull;  // NVML_VALUE_NOT_AVAILABLE
constexpr unsigned kTextBytes = 96;                  // NVML_DEVICE_NAME_V2_BUFFER_SIZE
constexpr int kMissing = 13;                         // NVML_ERROR_FUNCTION_NOT_FOUND
constexpr unsigned kMostProcesses = 256;

class Nvml {
 public:
  Nvml() {
    const char* const set = std::getenv("SKOL_NVML_LIBRARY");
    name_ = set == nullptr || *set == '\0' ? "libnvidia-ml.so.1" : set;
    library_ = ::dlopen(name_.c_str(), RTLD_NOW | RTLD_LOCAL);
  }
  ~Nvml() {
    if (library_ != nullptr) ::dlclose(library_);
  }
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  const std::string& name() const { return name_; }
  bool is_open() const { return library_ != nullptr; }

  template <class... Arguments>
  int call(const char* function, Arguments... arguments) const {
    const auto found = reinterpret_cast<int (*)(Arguments...)>(::dlsym(library_, function));
    return found == nullptr ? kMissing : found(arguments...);
  }
  template <class... Arguments>
  std::string text(const char* function, Arguments... before) const {
    std::array<char, kTextBytes> out = {};
    const bool told = call(function, before..., out.data(), kTextBytes - 1) == 0;
    return told ? std::string(out.data()) : std::string();
  }

 private:
  std::string name_;
  void* library_ = nullptr;
};

GpuMemory describe(const Nvml& nvml, NvmlDevice device) {
  GpuMemory gpu;
  gpu.name = nvml.text("nvmlDeviceGetName", device);
  gpu.uuid = nvml.text("nvmlDeviceGetUUID", device);
  NvmlMemory memory = {};
  gpu.memory_known = nvml.call("nvmlDeviceGetMemoryInfo", device, &memory) == 0;
  gpu.bytes = memory.total;
  gpu.used = memory.used;
  gpu.free = memory.free;
  std::vector<NvmlProcess> processes(kMostProcesses);
  unsigned count = kMostProcesses;
  const int told =
      nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", device, &count, processes.data());
  if (told != 0) count = 0;
  for (unsigned i = 0; i < std::min(count, kMostProcesses); ++i) {
    GpuProcess process = {processes[i].pid, processes[i].bytes};
    if (processes[i].bytes == kNotAvailable) process.bytes.reset();
    gpu.processes.push_back(process);
  }
  return gpu;
}

void add(const Nvml& nvml, NvmlDevice device, std::vector<GpuMemory>& gpus) {
  unsigned mode = 0, pending = 0, instances = 0;
  const bool divided = nvml.call("nvmlDeviceGetMigMode", device, &mode, &pending) == 0 && mode != 0;
  gpus.push_back(describe(nvml, device));
  gpus.back().divided = divided;
  if (!divided || nvml.call("nvmlDeviceGetMaxMigDeviceCount", device, &instances) != 0) return;
  for (unsigned i = 0; i < instances; ++i) {
    NvmlDevice instance = nullptr;
    if (nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", device, i, &instance) != 0) continue;
    gpus.push_back(describe(nvml, instance));
    gpus.back().instance = true;
  }
}

}  // namespace

GpuMemories gpu_memories() {
  GpuMemories out;
  const Nvml nvml;
  if (!nvml.is_open()) {
    out.problem = fmt::format("{} cannot be opened", nvml.name());
    return out;
  }
  const int error = nvml.call("nvmlInit_v2");
  if (error == kMissing) {
    out.problem = fmt::format("{} has not the functions of NVML", nvml.name());
    return out;
  }
  if (error != 0) {
    out.problem = fmt::format("NVML does not start (error {})", error);
    return out;
  }
  out.driver = nvml.text("nvmlSystemGetDriverVersion");
  unsigned count = 0;
  if (nvml.call("nvmlDeviceGetCount_v2", &count) != 0) out.problem = "NVML counts no GPUs";
  for (unsigned i = 0; i < count; ++i) {
    NvmlDevice device = nullptr;
    if (nvml.call("nvmlDeviceGetHandleByIndex_v2", i, &device) == 0) add(nvml, device, out.gpus);
  }
  nvml.call("nvmlShutdown");
  return out;
}

std::optional<std::uint64_t> bytes_of_process(const GpuMemory& gpu, pid_t pid) {
  for (const GpuProcess& process : gpu.processes) {
    if (process.pid == static_cast<std::uint64_t>(pid)) return process.bytes;
  }
  return std::nullopt;
}

}  // namespace skol
