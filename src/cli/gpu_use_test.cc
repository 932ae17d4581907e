// SPDX-License-Identifier: Apache-2.0
#include "cli/gpu_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

GpuMemories with(const char* gpus) {
  ::setenv("SKOL_NVML_LIBRARY", SKOL_FAKE_NVML_LIBRARY, 1);
  ::setenv("SKOL_FAKE_NVML", gpus, 1);
  GpuMemories found = ask_gpus(std::chrono::seconds(60));
  ::unsetenv("SKOL_NVML_LIBRARY");
  ::unsetenv("SKOL_FAKE_NVML");
  return found;
}

RunningPrediction run_of(pid_t pid, const char* device = "cuda:0 A") {
  RunningPrediction run;
  run.process.pid = pid;
  run.status.device = device;
  return run;
}

TEST(GpuUse, IsUsedOfTotalAndWhatTheRunsHave) {
  const GpuMemories found = with("A:2000000000:500000000:7=100000000,8=200000000,9=? B:1000:0:");
  const std::vector<RunningPrediction> runs = {run_of(7), run_of(8), run_of(9)};
  EXPECT_THAT(gpu_lines(found, runs),
              ElementsAre(AllOf(HasSubstr("A: "), HasSubstr(" of "), HasSubstr("by these runs")),
                          AllOf(HasSubstr("B: "), Not(HasSubstr("by these runs")))));
  EXPECT_EQ(gpu_of_run(found, runs[1]), Json({{"name", "A"},
                                              {"bytes", 2'000'000'000},
                                              {"used_bytes", 500'000'000},
                                              {"process_bytes", 200'000'000}}));
  EXPECT_TRUE(gpu_of_run(found, runs[2]).is_null()) << "one of two, nobody knows which";
  EXPECT_TRUE(gpu_of_run(found, run_of(7, "cpu avx2")).is_null());
}

// In a container a process has another number for the driver than here.
TEST(GpuUse, OfTheOnlyGpuIsKnownWithoutThatOfTheProcess) {
  const GpuMemories found = with("A:2000:500:4242=500");
  const Json gpu = gpu_of_run(found, run_of(7));
  EXPECT_EQ(gpu["used_bytes"], 500);
  EXPECT_TRUE(gpu["process_bytes"].is_null());
  EXPECT_THAT(gpu_lines(found, std::vector{run_of(7)}), ElementsAre(Not(HasSubstr("by these"))));
}

TEST(GpuUse, OfADividedGpuIsThatOfItsInstances) {
  const GpuMemories found = with("A/:1000:0: +A1:250:50:5=50 +A2:500:0:");
  EXPECT_THAT(gpu_lines(found, {}), ElementsAre(HasSubstr("MIG instance A1"), HasSubstr("A2")));
  EXPECT_EQ(gpu_of_run(found, run_of(5))["name"], "A1");
}

TEST(GpuUse, WithoutADriverIsOneLine) {
  EXPECT_THAT(gpu_lines(with("fails"), {}), ElementsAre(HasSubstr("NVML does not start")));
  EXPECT_TRUE(gpu_of_run(with("fails"), run_of(7)).is_null());
}

}  // namespace
}  // namespace skol
