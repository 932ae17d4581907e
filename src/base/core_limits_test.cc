// SPDX-License-Identifier: Apache-2.0
#include "base/core_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/thread_pool.h"

namespace skol {
namespace {

namespace fs = std::filesystem;

// A folder with files in the places of /proc and /sys.
class CoreLimitsTest : public ::testing::Test {
 protected:
  CoreLimitsTest()
      : root_(fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(root_);
  }
  ~CoreLimitsTest() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& content) const {
    const fs::path file = root_.string() + path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  std::optional<double> limit(const std::string& name) const {
    std::optional<double> cores;
    for (const CoreLimit& limit : core_limits(root_.string())) {
      if (limit.name != name) continue;
      EXPECT_FALSE(cores) << name << " stands there twice";
      cores = limit.cores;
    }
    return cores;
  }

 private:
  fs::path root_;
};

TEST_F(CoreLimitsTest, WithoutGroupsAreThoseOfTheHostAndOfTheAffinity) {
  EXPECT_GE(limit("cores of the host"), 1);
  EXPECT_GE(limit("CPU affinity"), 1);
}

TEST_F(CoreLimitsTest, HaveTheQuotasOfAllGroupsAboveInVersion2) {
  write("/proc/self/cgroup", "0::/a/b/c\n");
  write("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
  write("/sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
  write("/sys/fs/cgroup/a/cpu.max", "800000 100000\n");
  write("/sys/fs/cgroup/cpu.max", "900000 100000\n");
  EXPECT_FALSE(limit("cgroup cpu.max of /a/b/c"));
  EXPECT_EQ(limit("cgroup cpu.max of /a/b"), 1.5);
  EXPECT_EQ(limit("cgroup cpu.max of /a"), 8);
  EXPECT_EQ(limit("cgroup cpu.max of /"), 9);
}

TEST_F(CoreLimitsTest, HaveTheQuotasOfVersion1Once) {
  write("/proc/self/cgroup", "5:memory:/pod\n4:cpu,cpuacct:/pod\n");
  write("/sys/fs/cgroup/cpu/pod/cpu.cfs_quota_us", "50000\n");
  write("/sys/fs/cgroup/cpu/pod/cpu.cfs_period_us", "100000\n");
  write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(limit("cgroup cpu.cfs_quota_us of /pod"), 0.5);
  EXPECT_FALSE(limit("cgroup cpu.cfs_quota_us of /"));
}

TEST_F(CoreLimitsTest, TheTightestComesFirst) {
  write("/proc/self/cgroup", "0::/a\n");
  write("/sys/fs/cgroup/a/cpu.max", "10000 100000\n");
  const auto limits = core_limits(testing::TempDir() + "TheTightestComesFirst");
  EXPECT_EQ(limits.front().name, "cgroup cpu.max of /a");
  EXPECT_TRUE(std::is_sorted(limits.begin(), limits.end(),
                             [](const auto& a, const auto& b) { return a.cores < b.cores; }));
}

TEST_F(CoreLimitsTest, HaveTheThreadsOfOpenMpWhereTheyAreANumber) {
  ::setenv("OMP_NUM_THREADS", "3", 1);
  EXPECT_EQ(limit("OMP_NUM_THREADS"), 3);
  for (const char* nonsense : {"", "0", "x", "-2"}) {
    ::setenv("OMP_NUM_THREADS", nonsense, 1);
    EXPECT_FALSE(limit("OMP_NUM_THREADS")) << nonsense;
  }
  ::unsetenv("OMP_NUM_THREADS");
}

TEST_F(CoreLimitsTest, FilesThatHoldSomethingElseSetNone) {
  write("/proc/self/cgroup", "nonsense\n\n0::no/slash\n::\n");
  for (const char* content : {"", "max", "x y", "100000", "100000 0", "-5 100000"}) {
    write("/sys/fs/cgroup/cpu.max", content);
    EXPECT_FALSE(limit("cgroup cpu.max of /")) << content;
  }
}

}  // namespace
}  // namespace skol
