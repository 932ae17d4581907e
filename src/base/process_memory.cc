// SPDX-License-Identifier: Apache-2.0
#include "base/process_memory.h"

#include <malloc.h>
#include <sys/resource.h>

#include <fstream>

#include "base/kernel_files.h"

namespace skol {
namespace {

constexpr const char* kStatus = "/proc/self/status";
constexpr std::size_t kKibibyte = 1024;

}  // namespace

std::size_t peak_memory_bytes() {
  // ru_maxrss would do, were it not inherited from the process that started this one (getrusage(2),
  // kept over exec): a small command started by a large one would seem large.
  if (const auto bytes = bytes_after(kStatus, "VmHWM:")) return *bytes;
  struct rusage usage = {};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::size_t>(usage.ru_maxrss) * kKibibyte;
}

bool reset_peak_memory() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5";  // proc(5): the peak resident set size
  file.flush();
  return file.good();
}

void give_back_freed_memory() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

std::size_t resident_bytes() {
  return bytes_after(kStatus, "VmRSS:").value_or(0);
}

std::size_t address_space_bytes() {
  return bytes_after(kStatus, "VmSize:").value_or(0);
}

}  // namespace skol
