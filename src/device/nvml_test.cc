// SPDX-License-Identifier: Apache-2.0
#include "device/nvml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace skol {
namespace {

using ::testing::HasSubstr;

GpuMemories with(const char* gpus) {
  ::setenv("SKOL_NVML_LIBRARY", SKOL_FAKE_NVML_LIBRARY, 1);
  ::setenv("SKOL_FAKE_NVML", gpus, 1);
  GpuMemories found = gpu_memories();
  ::unsetenv("SKOL_NVML_LIBRARY");
  ::unsetenv("SKOL_FAKE_NVML");
  return found;
}

TEST(Nvml, ThatIsNotThereIsOneLine) {
  ::setenv("SKOL_NVML_LIBRARY", "/nowhere/libnvidia-ml.so.1", 1);
  EXPECT_THAT(gpu_memories().problem, HasSubstr("cannot be opened"));
  ::setenv("SKOL_NVML_LIBRARY", "libm.so.6", 1);
  EXPECT_THAT(gpu_memories().problem, HasSubstr("has not the functions"));
  ::unsetenv("SKOL_NVML_LIBRARY");
  EXPECT_THAT(with("fails").problem, HasSubstr("error 9"));
}

TEST(Nvml, TellsMemoryAndProcessesOfEachGpu) {
  const GpuMemories found = with("A:1000:300:7=100,8=? B:2000:0:");
  EXPECT_EQ(found.problem, "");
  EXPECT_EQ(found.driver, "580.1");
  ASSERT_EQ(found.gpus.size(), 2u);
  const GpuMemory& a = found.gpus[0];
  EXPECT_EQ(a.name, "A");
  EXPECT_EQ(a.uuid, "GPU-A");
  EXPECT_EQ(a.bytes, 1000u);
  EXPECT_EQ(a.free, 700u);
  EXPECT_EQ(bytes_of_process(a, 7), 100u);
  EXPECT_EQ(bytes_of_process(a, 8), std::nullopt) << "known to be there, not with how much";
  // A number of another PID namespace is nobody here.
  EXPECT_EQ(bytes_of_process(a, 9), std::nullopt);
  EXPECT_TRUE(found.gpus[1].processes.empty());
}

TEST(Nvml, ListsTheInstancesOfADividedGpuAfterIt) {
  const GpuMemories found = with("A/:1000:0: +A1:250:50:5=50 +A2:500:0: B:9:0:");
  ASSERT_EQ(found.gpus.size(), 4u);
  EXPECT_TRUE(found.gpus[0].divided);
  EXPECT_FALSE(found.gpus[0].memory_known);
  EXPECT_TRUE(found.gpus[1].instance);
  EXPECT_EQ(found.gpus[1].bytes, 250u);
  EXPECT_EQ(bytes_of_process(found.gpus[1], 5), 50u);
  EXPECT_EQ(found.gpus[2].name, "A2");
  EXPECT_FALSE(found.gpus[3].divided);
}

}  // namespace
}  // namespace skol
