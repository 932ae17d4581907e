// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace skol {

// A limit on the processor time of this process, in cores: a quota may be a fraction.
struct CoreLimit {
  std::string name;  // "cores of the host", "CPU affinity", "cgroup cpu.max of /a/b", ...
  double cores = 0;
};

// Every limit on the cores this process may use, the tightest first: the host's cores, the affinity
// (which a cpuset narrows), the quotas of all cgroups above it, versions 1 and 2, and
// OMP_NUM_THREADS. `root` is the folder in which /proc and /sys are looked for: "" but in tests.
std::vector<CoreLimit> core_limits(const std::string& root = "");

}  // namespace skol
