// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_gpu.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "cli/child_process.h"
#include "cli/standard_output.h"
#include "device/device_library.h"
#include "device/nvml.h"
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

// What follows the word in the child's answer is for find_gpus().
void say(std::string_view word, std::string_view text) {
  print_to_stdout(fmt::format("{} {}\n", word, text));
}

// In the child: opening a library runs code of it.
int ask_libraries() {
  if (::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) != nullptr) say("cuda", "yes");
  const GpuMemories found = gpu_memories();
  if (!found.problem.empty()) say("problem", found.problem);
  if (!found.driver.empty()) say("driver", found.driver);
  for (const GpuMemory& gpu : found.gpus) {
    const char* const kind = gpu.instance ? "instance" : gpu.divided ? "divided" : "whole";
    say("gpu", fmt::format("{} {} {} {}", gpu.bytes, gpu.used, kind, gpu.name));
  }
  try {
    const auto library = DeviceLibrary::find();
    say("library", library->path());
    say("usable", fmt::format("{}", library->devices().size()));
  } catch (const std::exception& e) {
    say("library_problem", e.what());
  }
  return 0;
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
      std::string division;
      words >> gpu.bytes >> gpu.used >> division >> std::ws;
      gpu.instance = division == "instance";
      gpu.divided = division == "divided";
      std::getline(words, gpu.name);
      gpu.name = printable_name(gpu.name);
      facts.gpus.push_back(std::move(gpu));
      continue;
    }
    std::getline(words >> std::ws, rest);
    if (kind == "cuda") facts.cuda_library = true;
    if (kind == "driver") facts.driver = printable_name(rest);
    if (kind == "problem") facts.nvml_problem = printable_name(rest);
    if (kind == "library") facts.device_library = printable_name(rest);
    if (kind == "library_problem") facts.library_problem = printable_name(rest);
    if (kind == "usable") facts.usable = std::strtoul(rest.c_str(), nullptr, 10);
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
      {"gpus", Json::array()},
      {"device_library", facts.device_library.empty() ? Json(nullptr) : Json(facts.device_library)},
      {"usable_devices", facts.usable},
      {"run_on_hardware", false}};
  for (const Gpu& gpu : facts.gpus) {
    section.facts["gpus"].push_back({{"name", gpu.name},
                                     {"bytes", gpu.bytes},
                                     {"used_bytes", gpu.used},
                                     {"mig_instance", gpu.instance},
                                     {"mig_divided", gpu.divided}});
    const std::string memory =
        fmt::format("{} of {} in use", as_bytes(gpu.used), as_bytes(gpu.bytes));
    section.add({Health::kOk, fmt::format("{}{}, {}", gpu.instance ? "MIG instance " : "", gpu.name,
                                          gpu.divided ? "divided into MIG instances" : memory)});
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
  if (facts.device_library.empty()) {
    section.add({Health::kMissing, "this build of skol has no CUDA (libskol_cuda.so)",
                 "nothing to do: --device cpu and auto compute on the CPU"});
  } else if (facts.usable == 0) {
    section.add({Health::kProblem,
                 fmt::format("{} finds no device: {}", facts.device_library,
                             facts.library_problem.empty() ? "none" : facts.library_problem),
                 "--device cpu and auto compute on the CPU"});
  } else {
    section.add({Health::kOk, fmt::format("{} finds {}", facts.device_library,
                                          counted(facts.usable, "device"))});
    section.add({Health::kMissing,
                 "its kernels were checked as C++ on the CPU, and have not run on a GPU where skol "
                 "is made",
                 "compare some labels with those of --device cpu before you rely on them"});
  }
  return section;
}

}  // namespace skol
