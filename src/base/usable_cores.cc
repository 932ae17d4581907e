// SPDX-License-Identifier: Apache-2.0
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/thread_pool.h"

namespace skol {
namespace {

std::size_t affinity_cores() {
  // 8192 processors: the kernel's own maximum (CONFIG_NR_CPUS) on x86-64.
  constexpr int kMaxCpus = 8192;
  cpu_set_t* set = CPU_ALLOC(kMaxCpus);
  if (set == nullptr) return 1;
  const std::size_t size = CPU_ALLOC_SIZE(kMaxCpus);
  const int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 1;
  CPU_FREE(set);
  return static_cast<std::size_t>(std::max(count, 1));
}

double first_number(const std::string& path, double otherwise) {
  std::ifstream file(path);
  double number = otherwise;
  return file >> number ? number : otherwise;
}

// Cores the quota in this cgroup folder gives; infinity where it sets none.
double quota_cores(const std::string& v2, const std::string& v1) {
  double cores = INFINITY;
  std::ifstream file(v2 + "/cpu.max");
  double quota = 0, period = 0;
  if (file >> quota >> period && period > 0) cores = quota / period;  // "max" does not parse: none
  const double v1_quota = first_number(v1 + "/cpu.cfs_quota_us", -1);
  const double v1_period = first_number(v1 + "/cpu.cfs_period_us", 0);
  if (v1_quota > 0 && v1_period > 0) cores = std::min(cores, v1_quota / v1_period);
  return cores;
}

// The tightest quota from this process's cgroup up to the root.
double cgroup_cores() {
  double cores = quota_cores("/sys/fs/cgroup", "/sys/fs/cgroup/cpu");
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t colon = line.rfind(':');
    if (colon == std::string::npos) continue;
    for (std::string path = line.substr(colon + 1); path.size() > 1;
         path.resize(path.find_last_of('/'))) {
      cores = std::min(cores, quota_cores("/sys/fs/cgroup" + path, "/sys/fs/cgroup/cpu" + path));
      if (path.find('/') == std::string::npos) break;
    }
  }
  return cores;
}

}  // namespace

std::size_t usable_cores() {
  std::size_t cores = affinity_cores();
  const double quota = cgroup_cores();
  if (quota < static_cast<double>(cores)) {
    cores = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(quota)));
  }
  if (const char* text = std::getenv("OMP_NUM_THREADS")) {
    const std::string value = text;
    std::size_t wanted = 0;
    std::from_chars(value.data(), value.data() + value.size(), wanted);
    if (wanted >= 1) cores = std::min(cores, wanted);
  }
  return cores;
}

}  // namespace skol
