// SPDX-License-Identifier: Apache-2.0
#include "base/memory_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "base/process_memory.h"

namespace skol {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = 1 << 20;

// A folder with a /proc and a /sys of its own.
class MemoryLimits : public ::testing::Test {
 protected:
  MemoryLimits() {
    std::string name = (fs::temp_directory_path() / "skol_limits_XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~MemoryLimits() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& content) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << content;
  }
  void unified_group(const std::string& path, const std::string& max, std::uint64_t current,
                     std::uint64_t cache) {
    const std::string folder = "/sys/fs/cgroup" + path;
    write(folder + "/memory.max", max + "\n");
    write(folder + "/memory.high", "max\n");
    write(folder + "/memory.current", std::to_string(current) + "\n");
    write(folder + "/memory.stat", "anon 5\nactive_file " + std::to_string(cache) +
                                       "\ninactive_file 0\nactive_file_of_others 77\n");
  }
  // "name: bytes, used", least left first.
  std::vector<std::string> found() const {
    std::vector<std::string> out;
    for (const MemoryLimit& limit : memory_limits(root_)) {
      out.push_back(limit.name + ": " + std::to_string(limit.bytes) + ", " +
                    std::to_string(limit.used));
    }
    return out;
  }

  static constexpr const char* kUnified =
      "24 30 0:22 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
  std::string root_;
};

TEST_F(MemoryLimits, OfTheHostAreWhatIsAvailable) {
  write("/proc/meminfo", "MemTotal:  1000 kB\nMemFree:  1 kB\nMemAvailable:   600 kB\n");
  EXPECT_THAT(found(), ::testing::ElementsAre("memory of the host: 1024000, 409600"));
}

TEST_F(MemoryLimits, OfResourcesAreTheSoftOnes) {
  write("/proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max data size             5000                 unlimited            bytes     \n"
        "Max address space         9000                 10000                bytes     \n");
  write("/proc/self/status", "VmPeak:\t  100 kB\nVmSize:\t    4 kB\nVmData:\t    1 kB\n");
  EXPECT_THAT(found(), ::testing::ElementsAre("RLIMIT_DATA: 5000, 1024", "RLIMIT_AS: 9000, 4096"));
  write("/proc/self/limits", "Max address space   unlimited   unlimited   bytes\n");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(MemoryLimits, OfAGroupAreThoseOfAllGroupsAboveIt) {
  write("/proc/self/mountinfo", kUnified);
  write("/proc/self/cgroup", "0::/user/job\n");
  unified_group("/user/job", "max", 100 * kMiB, 0);
  unified_group("/user", "314572800", 290 * kMiB, 40 * kMiB);
  write("/sys/fs/cgroup/user/job/memory.high", "209715200\n");
  EXPECT_THAT(found(),
              ::testing::ElementsAre("cgroup memory.max of /user: 314572800, 262144000",
                                     "cgroup memory.high of /user/job: 209715200, 104857600"));
}

TEST_F(MemoryLimits, OfAContainerThatSeesItsGroupAsTheRoot) {
  write("/proc/self/mountinfo", kUnified);
  write("/proc/self/cgroup", "0::/\n");
  unified_group("", "1048576", 1000, 400);
  EXPECT_THAT(found(), ::testing::ElementsAre("cgroup memory.max of /: 1048576, 600"));
  // A namespace made elsewhere: the path leads out of what is mounted.
  write("/proc/self/cgroup", "0::/../other\n");
  EXPECT_THAT(found(), ::testing::ElementsAre("cgroup memory.max of /: 1048576, 600"));
}

TEST_F(MemoryLimits, OfAContainerWhoseGroupAloneIsMounted) {
  write("/proc/self/mountinfo", "24 30 0:22 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
  write("/proc/self/cgroup", "0::/docker/abc/inner\n");
  unified_group("/inner", "5000", 3000, 0);
  unified_group("", "9000", 8000, 0);
  EXPECT_THAT(found(),
              ::testing::ElementsAre("cgroup memory.max of /docker/abc: 9000, 8000",
                                     "cgroup memory.max of /docker/abc/inner: 5000, 3000"));
}

TEST_F(MemoryLimits, OfVersion1AreReadFromItsOwnHierarchy) {
  write("/proc/self/mountinfo",
        "30 20 0:26 / /sys/fs/cgroup/my\\040cpu rw - cgroup cgroup rw,cpu\n"
        "31 20 0:27 / /sys/fs/cgroup/my\\040memory rw shared:1 master:2 - cgroup cgroup rw,memory\n"
        "32 20 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  write("/proc/self/cgroup", "7:name=systemd:/x\n4:cpu,memory:/a/b\n0::/\n");
  const std::string top = "/sys/fs/cgroup/my memory";
  write(top + "/a/b/memory.limit_in_bytes", "9223372036854771712\n");
  write(top + "/a/memory.limit_in_bytes", "70000\n");
  write(top + "/a/memory.usage_in_bytes", "60000\n");
  write(top + "/a/memory.stat",
        "active_file 1\ntotal_active_file 10000\ntotal_inactive_file 5000\n");
  EXPECT_THAT(found(), ::testing::ElementsAre("cgroup memory.limit_in_bytes of /a: 70000, 45000"));
}

TEST_F(MemoryLimits, StandInOrderOfWhatIsLeft) {
  write("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 300 kB\n");
  write("/proc/self/mountinfo", kUnified);
  write("/proc/self/cgroup", "0::/a\n");
  unified_group("/a", "1000", 1500, 0);
  const auto limits = memory_limits(root_);
  ASSERT_EQ(limits.size(), 2u);
  EXPECT_EQ(limits[0].left(), 0u);
  EXPECT_EQ(limits[1].left(), 307200u);
}

TEST_F(MemoryLimits, ThatCannotBeReadAreNotThere) {
  EXPECT_THAT(found(), IsEmpty());
  write("/proc/meminfo", "MemTotal: 99999999999999999999999 kB\nMemAvailable: x\nMemTotal");
  write("/proc/self/limits", "Max address space\nMax data size -5 7\n");
  write("/proc/self/status", "VmSize: 18446744073709551615 kB\nVmData: 5\n");
  write("/proc/self/cgroup", "nonsense\n0:\n0::a/b\n4:memory\n:::\n");
  write("/proc/self/mountinfo", std::string("1\n2 2 2 / /x rw - \n3 3 3 / /x rw no separator\n") +
                                    kUnified + "5 5 5 / /sys/\\9\\04 rw - cgroup cgroup memory\n");
  write("/sys/fs/cgroup/memory.max", "12kB\n");
  write("/sys/fs/cgroup/memory.high", std::string("\0\xff", 2));
  EXPECT_THAT(found(), IsEmpty());
}

TEST(MemoryLimitsOfThisProcess, HoldTheHostsAndItsOwnSize) {
  std::vector<std::string> names;
  for (const MemoryLimit& limit : memory_limits()) names.push_back(limit.name);
  EXPECT_THAT(names, Contains("memory of the host"));
  EXPECT_GT(resident_bytes(), kMiB);
  EXPECT_LE(resident_bytes(), peak_memory_bytes() + kMiB);
  EXPECT_GT(address_space_bytes(), resident_bytes());
}

}  // namespace
}  // namespace skol
