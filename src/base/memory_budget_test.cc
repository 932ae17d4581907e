// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "skol/error.h"
#include "skol/memory.h"

namespace skol {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1 << 20;

// A folder with a /proc and a /sys of its own, of a process that holds 10 MiB of 100 MiB addresses.
class Budget : public ::testing::Test {
 protected:
  Budget() {
    std::string name = (fs::temp_directory_path() / "skol_budget_XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    write("/proc/self/status", "VmSize:\t102400 kB\nVmData:\t5120 kB\nVmRSS:\t10240 kB\n");
    // 1000 MiB, 600 of them available.
    write("/proc/meminfo", "MemTotal: 1024000 kB\nMemAvailable: 614400 kB\n");
  }
  ~Budget() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& content) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << content;
  }
  // A group of version 1 with a limit, of which `used` are charged.
  void group(std::uint64_t limit, std::uint64_t used) {
    write("/proc/self/mountinfo", "24 30 0:22 / /cg rw - cgroup cgroup rw,memory\n");
    write("/proc/self/cgroup", "4:memory:/a\n");
    write("/cg/a/memory.limit_in_bytes", std::to_string(limit));
    write("/cg/a/memory.usage_in_bytes", std::to_string(used));
  }
  MemoryBudget budget(const std::string& given = "", std::size_t executors = 1,
                      std::uint64_t addresses = 0) const {
    return memory_budget({given, executors, addresses}, root_);
  }

  std::string root_;
};

TEST_F(Budget, IsWhatTheProcessHoldsAndWhatIsLeft) {
  EXPECT_EQ(budget().bytes, 610 * kMiB);
  EXPECT_EQ(budget().held, 10 * kMiB);
  EXPECT_EQ(budget().limit, "memory of the host");
  EXPECT_EQ(budget().limit_bytes, 1000 * kMiB);
}

TEST_F(Budget, OfAGroupLeavesTheKernelItsShare) {
  group(64 * kMiB, 20 * kMiB);
  EXPECT_EQ(budget().bytes, (10 + 44 - 1) * kMiB);
  EXPECT_EQ(budget().limit, "cgroup memory.limit_in_bytes of /a");
}

TEST_F(Budget, OfAGroupThatIsFullIsWhatTheProcessHolds) {
  group(64 * kMiB, 64 * kMiB);
  EXPECT_EQ(budget().bytes, 10 * kMiB);
}

TEST_F(Budget, OfAddressesLeavesOutThoseThatAreHardlyTouched) {
  write("/proc/self/limits", "Max address space 157286400 157286400 bytes\n");  // 150 MiB
  EXPECT_EQ(budget("", 1, 8 * kMiB).bytes, (10 + 50 - 8) * kMiB);
  EXPECT_EQ(budget("", 1, 99 * kMiB).bytes, 10 * kMiB);
  EXPECT_EQ(budget().limit, "RLIMIT_AS");
}

TEST_F(Budget, IsTheLeastOfAll) {
  group(64 * kMiB, 20 * kMiB);
  EXPECT_EQ(budget("40MiB").bytes, 40 * kMiB);
  EXPECT_EQ(budget("40MiB").limit, "memory_budget");
  EXPECT_EQ(budget("60MiB").bytes, 53 * kMiB);
  EXPECT_EQ(budget("60MiB").limit, "cgroup memory.limit_in_bytes of /a");
}

TEST_F(Budget, InPercentIsOfWhatThereWouldBeWithoutIt) {
  EXPECT_EQ(budget("50%").bytes, 305 * kMiB);
  group(64 * kMiB, 20 * kMiB);
  EXPECT_EQ(budget("50%").bytes, 53 * kMiB / 2);
}

TEST_F(Budget, IsDividedByThoseThatShareIt) {
  // None of the others has begun: a quarter of the whole. All have: a quarter of what is left.
  group(80 * kMiB, 11 * kMiB);
  EXPECT_EQ(budget("", 4).bytes, 20 * kMiB);
  group(80 * kMiB, 69 * kMiB);
  EXPECT_EQ(budget("", 4).bytes, 25 * kMiB / 2);
  EXPECT_EQ(budget("", 4).executors, 4u);
  EXPECT_EQ(budget("100MiB", 50).bytes, 80 * kMiB / 50);
  EXPECT_EQ(budget("40MiB", 4).bytes, 10 * kMiB);
}

TEST_F(Budget, OfAddressesIsNotShared) {
  write("/proc/self/limits", "Max address space 157286400 157286400 bytes\n");
  EXPECT_EQ(budget("", 4).bytes, 60 * kMiB);
  EXPECT_EQ(budget("", 4).executors, 1u);
}

TEST_F(Budget, SaysWhatItsLimitWouldHaveToBe) {
  group(64 * kMiB, 20 * kMiB);
  EXPECT_EQ(budget().least_limit(60 * kMiB), 71 * kMiB);
  EXPECT_EQ(budget("40MiB", 4).least_limit(11 * kMiB), 44 * kMiB);
  EXPECT_EQ(budget().least_limit(1), 64 * kMiB);
}

TEST_F(Budget, IsNoneWhereTheSystemSaysNothing) {
  fs::remove_all(root_);
  EXPECT_FALSE(budget().is_there());
  EXPECT_TRUE(budget("40MiB").is_there());
}

TEST_F(Budget, OfNoSizeIsAnError) {
  for (const char* text : {"0", "0MiB", "0%", "101%", "x", "-1", "5 lemons"}) {
    EXPECT_THROW(budget(text), Error) << text;
  }
}

}  // namespace
}  // namespace skol
