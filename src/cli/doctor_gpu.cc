// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_gpu.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "cli/child_process.h"
#include "cli/standard_output.h"
#include "text/findings.h"

namespace skol {
namespace {

namespace fs = std::filesystem;

std::size_t count_device_files(const std::string& root) {
  std::size_t count = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root + "/dev", error)) {
    constexpr std::string_view kName = "nvidia";
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kName) || name.size() == kName.size()) continue;
    count += name.find_first_not_of("0123456789", kName.size()) == name.npos;
  }
  return count;
}

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar ...": the first word with two
// numbers and a dot.
std::string module_version(const std::string& root) {
  std::ifstream file(root + "/proc/driver/nvidia/version");
  std::string line;
  std::getline(file, line);
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const bool number = word.find_first_not_of("0123456789.") == word.npos;
    if (number && word.find('.') != word.npos) return word;
  }
  return line.empty() ? "" : "unknown";
}

// The part of NVIDIA's management library that is needed here, as its documentation (NVML API
// Reference) declares it.
class Nvml {
 public:
  using Device = void*;
  struct Memory {
    unsigned long long total, free, used;
  };
  static constexpr unsigned kTextBytes = 96;  // NVML_DEVICE_NAME_V2_BUFFER_SIZE
  using Text = std::array<char, kTextBytes>;

  explicit Nvml(void* library) : library_(library) {}

  template <class Signature>
  Signature* find(const char* name) const {
    return reinterpret_cast<Signature*>(::dlsym(library_, name));
  }

 private:
  void* library_;
};

// What follows the word in the child's answer is for find_gpus().
int report_problem(std::string_view problem) {
  print_to_stdout(fmt::format("problem {}\n", problem));
  return 0;
}

int ask_nvml(const Nvml& nvml) {
  const auto init = nvml.find<int()>("nvmlInit_v2");
  const auto version = nvml.find<int(char*, unsigned)>("nvmlSystemGetDriverVersion");
  const auto count_of = nvml.find<int(unsigned*)>("nvmlDeviceGetCount_v2");
  const auto device_at = nvml.find<int(unsigned, Nvml::Device*)>("nvmlDeviceGetHandleByIndex_v2");
  const auto name_of = nvml.find<int(Nvml::Device, char*, unsigned)>("nvmlDeviceGetName");
  const auto memory_of = nvml.find<int(Nvml::Device, Nvml::Memory*)>("nvmlDeviceGetMemoryInfo");
  if (!init || !version || !count_of || !device_at || !name_of || !memory_of) {
    return report_problem("libnvidia-ml.so.1 has not the functions of NVML");
  }
  if (const int error = init(); error != 0) {
    return report_problem(fmt::format("NVML does not start (error {})", error));
  }
  Nvml::Text text = {};
  if (version(text.data(), Nvml::kTextBytes - 1) == 0) {
    print_to_stdout(fmt::format("driver {}\n", text.data()));
  }
  unsigned count = 0;
  count_of(&count);
  for (unsigned i = 0; i < count; ++i) {
    Nvml::Device device = nullptr;
    Nvml::Memory memory = {};
    text = {};
    if (device_at(i, &device) != 0) continue;
    name_of(device, text.data(), Nvml::kTextBytes - 1);
    memory_of(device, &memory);
    print_to_stdout(fmt::format("gpu {} {} {}\n", memory.total, memory.used, text.data()));
  }
  return 0;
}

// In the child: opening a library runs code of it.
int ask_libraries() {
  if (::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) != nullptr) print_to_stdout("cuda yes\n");
  void* const library = ::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return report_problem("libnvidia-ml.so.1 cannot be opened");
  return ask_nvml(Nvml(library));
}

}  // namespace

GpuFacts find_gpus(const std::string& root, std::chrono::milliseconds timeout) {
  GpuFacts facts;
  facts.device_files = count_device_files(root);
  facts.kernel_module = module_version(root);
  const ChildAnswer answer = in_child(ask_libraries, timeout);
  std::istringstream lines(answer.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind, rest;
    words >> kind;
    if (kind == "gpu") {
      Gpu gpu;
      words >> gpu.bytes >> gpu.used >> std::ws;
      std::getline(words, gpu.name);
      gpu.name = printable_name(gpu.name);
      facts.gpus.push_back(std::move(gpu));
      continue;
    }
    std::getline(words >> std::ws, rest);
    if (kind == "cuda") facts.cuda_library = true;
    if (kind == "driver") facts.driver = printable_name(rest);
    if (kind == "problem") facts.nvml_problem = printable_name(rest);
  }
  if (answer.timed_out) facts.nvml_problem = "NVML does not answer";
  if (!answer.timed_out && answer.status != 0) facts.nvml_problem = "NVML crashes";
  return facts;
}

Section gpu_section(const GpuFacts& facts) {
  Section section{"gpu"};
  const bool driver = facts.device_files > 0 || !facts.kernel_module.empty();
  section.facts = {
      {"device_files", facts.device_files},
      {"kernel_module", facts.kernel_module.empty() ? Json(nullptr) : Json(facts.kernel_module)},
      {"libcuda", facts.cuda_library},
      {"driver", facts.driver.empty() ? Json(nullptr) : Json(facts.driver)},
      {"gpus", Json::array()}};
  for (const Gpu& gpu : facts.gpus) {
    section.facts["gpus"].push_back(
        {{"name", gpu.name}, {"bytes", gpu.bytes}, {"used_bytes", gpu.used}});
    section.add({Health::kOk, fmt::format("{}, {} of {} in use", gpu.name, as_bytes(gpu.used),
                                          as_bytes(gpu.bytes))});
  }
  if (!driver && facts.gpus.empty()) {
    section.add(
        {Health::kMissing, "no driver of NVIDIA here (no /dev/nvidia0); computing on the CPU"});
    return section;
  }
  if (facts.gpus.empty() && !facts.nvml_problem.empty()) {
    section.add({Health::kProblem,
                 fmt::format("{}, but the driver's device files are here", facts.nvml_problem),
                 "in a container, start it with the NVIDIA runtime (--gpus all); else install the "
                 "libraries that belong to the driver"});
  } else if (!facts.cuda_library) {
    section.add({Health::kProblem, "libcuda.so.1 cannot be opened",
                 "install the libraries that belong to the driver"});
  }
  section.add({Health::kMissing, "this build of skol has no CUDA",
               "nothing to do: --device cpu and auto compute on the CPU"});
  return section;
}

}  // namespace skol
