// SPDX-License-Identifier: Apache-2.0
#include "base/process_memory.h"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace skol {
namespace {

constexpr std::size_t kKibibyte = 1024;

}  // namespace

std::size_t peak_memory_bytes() {
  // ru_maxrss would do, were it not inherited from the process that started this one (getrusage(2),
  // kept over exec): a small command started by a large one would seem large.
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * kKibibyte;
  }
  struct rusage usage = {};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::size_t>(usage.ru_maxrss) * kKibibyte;
}

}  // namespace skol
