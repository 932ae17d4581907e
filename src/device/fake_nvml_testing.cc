// SPDX-License-Identifier: Apache-2.0
// A management library for tests. SKOL_FAKE_NVML: GPUs with spaces between, each
// NAME:TOTAL:USED:PID=BYTES,..., where NAME/ is divided and those after it with +NAME are instances
// of it. "fails" does not start; BYTES "?" are not told.
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct FakeGpu {
  std::string name;
  bool divided = false;
  unsigned long long total = 0, used = 0;
  std::vector<std::pair<unsigned, unsigned long long>> processes;
  std::vector<FakeGpu> instances;
};

std::vector<FakeGpu>& gpus() {
  static std::vector<FakeGpu> all;
  return all;
}

FakeGpu parse(const std::string& word) {
  FakeGpu gpu;
  std::istringstream fields(word);
  std::string total, used, processes;
  std::getline(fields, gpu.name, ':');
  std::getline(fields, total, ':');
  std::getline(fields, used, ':');
  std::getline(fields, processes);
  gpu.divided = gpu.name.back() == '/';
  if (gpu.divided) gpu.name.pop_back();
  gpu.total = std::stoull(total);
  gpu.used = std::stoull(used);
  std::istringstream list(processes);
  for (std::string one; std::getline(list, one, ',');) {
    const std::size_t equals = one.find('=');
    const std::string bytes = one.substr(equals + 1);
    gpu.processes.emplace_back(static_cast<unsigned>(std::stoul(one.substr(0, equals))),
                               bytes == "?" ? ~0ull : std::stoull(bytes));
  }
  return gpu;
}

FakeGpu& as_gpu(void* device) {
  return *static_cast<FakeGpu*>(device);
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
  const char* const set = std::getenv("SKOL_FAKE_NVML");
  if (set == nullptr || std::strcmp(set, "fails") == 0) return 9;  // driver not loaded
  gpus().clear();
  std::istringstream words(set);
  for (std::string word; words >> word;) {
    if (word[0] == '+') {
      gpus().back().instances.push_back(parse(word.substr(1)));
    } else {
      gpus().push_back(parse(word));
    }
  }
  return 0;
}
int nvmlShutdown() {
  return 0;
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) {
  std::strncpy(text, "580.1", size);
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = static_cast<unsigned>(gpus().size());
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void** device) {
  *device = &gpus().at(i);
  return 0;
}
int nvmlDeviceGetName(void* device, char* text, unsigned size) {
  std::strncpy(text, as_gpu(device).name.c_str(), size);
  return 0;
}
int nvmlDeviceGetUUID(void* device, char* text, unsigned size) {
  std::strncpy(text, ("GPU-" + as_gpu(device).name).c_str(), size);
  return 0;
}
int nvmlDeviceGetMemoryInfo(void* device, void* memory) {
  const FakeGpu& gpu = as_gpu(device);
  if (gpu.divided) return 4;  // no permission
  const unsigned long long values[3] = {gpu.total, gpu.total - gpu.used, gpu.used};
  std::memcpy(memory, values, sizeof(values));
  return 0;
}
int nvmlDeviceGetMigMode(void* device, unsigned* mode, unsigned* pending) {
  *mode = *pending = as_gpu(device).divided ? 1 : 0;
  return 0;
}
int nvmlDeviceGetMaxMigDeviceCount(void* device, unsigned* count) {
  *count = static_cast<unsigned>(as_gpu(device).instances.size()) + 1;
  return 0;
}
int nvmlDeviceGetMigDeviceHandleByIndex(void* device, unsigned i, void** instance) {
  auto& instances = as_gpu(device).instances;
  if (i >= instances.size()) return 6;  // not found
  *instance = &instances[i];
  return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, void* infos) {
  struct Info {
    unsigned pid;
    unsigned long long bytes;
    unsigned gpu_instance, compute_instance;
  };
  const FakeGpu& gpu = as_gpu(device);
  *count = static_cast<unsigned>(gpu.processes.size());
  for (unsigned i = 0; i < *count; ++i) {
    static_cast<Info*>(infos)[i] = {gpu.processes[i].first, gpu.processes[i].second, 0, 0};
  }
  return 0;
}

}  // extern "C"
