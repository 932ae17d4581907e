// SPDX-License-Identifier: Apache-2.0
#include "base/core_limits.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "base/thread_pool.h"

namespace skol {
namespace {

double affinity_cores() {
  // 8192 processors: the kernel's own maximum (CONFIG_NR_CPUS) on x86-64.
  constexpr int kMaxCpus = 8192;
  cpu_set_t* set = CPU_ALLOC(kMaxCpus);
  if (set == nullptr) return 1;
  const std::size_t size = CPU_ALLOC_SIZE(kMaxCpus);
  const int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 1;
  CPU_FREE(set);
  return std::max(count, 1);
}

double first_number(const std::string& path, double otherwise) {
  std::ifstream file(path);
  double number = otherwise;
  return file >> number ? number : otherwise;
}

// A group stands in /proc/self/cgroup once for each hierarchy of version 1.
void add_once(std::string name, double cores, std::vector<CoreLimit>& limits) {
  const auto is_same = [&](const CoreLimit& limit) { return limit.name == name; };
  if (std::none_of(limits.begin(), limits.end(), is_same)) {
    limits.push_back({std::move(name), cores});
  }
}

// The quotas of `group` ("" for the root), where it sets any.
void add_quotas(const std::string& root, const std::string& group, std::vector<CoreLimit>& limits) {
  const std::string shown = group.empty() ? "/" : group;
  std::ifstream file(root + "/sys/fs/cgroup" + group + "/cpu.max");
  double quota = 0, period = 0;
  if (file >> quota >> period && quota > 0 && period > 0) {  // "max" does not parse: none
    add_once(fmt::format("cgroup cpu.max of {}", shown), quota / period, limits);
  }
  const std::string v1 = root + "/sys/fs/cgroup/cpu" + group;
  const double v1_quota = first_number(v1 + "/cpu.cfs_quota_us", -1);
  const double v1_period = first_number(v1 + "/cpu.cfs_period_us", 0);
  if (v1_quota > 0 && v1_period > 0) {
    add_once(fmt::format("cgroup cpu.cfs_quota_us of {}", shown), v1_quota / v1_period, limits);
  }
}

// From this process's cgroup up to the root.
void add_cgroups(const std::string& root, std::vector<CoreLimit>& limits) {
  add_quotas(root, "", limits);
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t colon = line.rfind(':');
    if (colon == std::string::npos) continue;
    for (std::string path = line.substr(colon + 1); path.size() > 1;
         path.resize(path.find_last_of('/'))) {
      add_quotas(root, path, limits);
      if (path.find('/') == std::string::npos) break;
    }
  }
}

}  // namespace

std::vector<CoreLimit> core_limits(const std::string& root) {
  std::vector<CoreLimit> limits;
  const long host = ::sysconf(_SC_NPROCESSORS_ONLN);
  if (host > 0) limits.push_back({"cores of the host", static_cast<double>(host)});
  limits.push_back({"CPU affinity", affinity_cores()});
  add_cgroups(root, limits);
  if (const char* text = std::getenv("OMP_NUM_THREADS")) {
    const std::string value = text;
    std::size_t wanted = 0;
    std::from_chars(value.data(), value.data() + value.size(), wanted);
    if (wanted >= 1) limits.push_back({"OMP_NUM_THREADS", static_cast<double>(wanted)});
  }
  std::stable_sort(limits.begin(), limits.end(),
                   [](const CoreLimit& a, const CoreLimit& b) { return a.cores < b.cores; });
  return limits;
}

std::size_t usable_cores() {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(core_limits().front().cores)));
}

}  // namespace skol
