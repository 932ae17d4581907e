// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string text_of(const Section& section) {
  return doctor_text(std::span(&section, 1), {});
}

TEST(DoctorMachineTest, NamesTheLimitThatBindsTheCores) {
  const std::vector<CoreLimit> limits = {{"cgroup cpu.max of /pod", 1.5},
                                         {"cores of the host", 64}};
  const Section section = processor_section("AMD EPYC", limits);
  EXPECT_EQ(section.health(), Health::kOk);
  EXPECT_EQ(section.facts["binds"], "cgroup cpu.max of /pod");
  EXPECT_EQ(text_of(section),
            "processor  ok       AMD EPYC\n"
            "           ok       1.5 cores usable: bound by cgroup cpu.max of /pod\n"
            "           ok       cores of the host: 64 cores\n");
}

TEST(DoctorMachineTest, EveryTargetHereGivesTheRightBits) {
  const auto targets = check_targets();
  EXPECT_EQ(targets.back().name, "scalar");
  const Section section = simd_section(targets);
  EXPECT_NE(section.health(), Health::kProblem);
  EXPECT_EQ(section.facts["chosen"], targets.front().name);
}

TEST(DoctorMachineTest, ATargetWithWrongBitsIsAProblem) {
  const std::vector<CheckedTarget> targets = {{"avx2", false}, {"scalar", true}};
  const Section section = simd_section(targets);
  EXPECT_EQ(section.health(), Health::kProblem);
  EXPECT_TRUE(section.required);
  EXPECT_EQ(section.facts["targets"]["avx2"], "wrong bits");
  EXPECT_THAT(text_of(section), HasSubstr("-> predict with --target scalar"));
}

TEST(DoctorMachineTest, WithoutSimdPredictionIsSlowAndNotBroken) {
  const std::vector<CheckedTarget> targets = {{"scalar", true}};
  EXPECT_EQ(simd_section(targets).health(), Health::kMissing);
}

TEST(DoctorMachineTest, NamesTheLimitThatBindsTheMemory) {
  const std::vector<MemoryLimit> limits = {
      {"cgroup memory.max of /pod", std::uint64_t{4} << 30, std::uint64_t{1} << 30},
      {"memory of the host", std::uint64_t{64} << 30, std::uint64_t{4} << 30}};
  const Section section = memory_section(limits);
  EXPECT_EQ(section.health(), Health::kOk);
  EXPECT_EQ(section.facts["binds"], "cgroup memory.max of /pod");
  EXPECT_EQ(section.facts["left_bytes"], std::uint64_t{3} << 30);
  EXPECT_EQ(section.facts["limits"][1]["used_bytes"], std::uint64_t{4} << 30);
  EXPECT_EQ(text_of(section),
            "memory     ok       3.0 GiB left of 4.0 GiB: cgroup memory.max of /pod, which\n"
            "                    binds\n"
            "           ok       60.0 GiB left of 64.0 GiB: memory of the host\n");
}

TEST(DoctorMachineTest, TooLittleMemoryForOnePredictionIsAProblem) {
  const std::vector<MemoryLimit> limits = {{"RLIMIT_AS", std::uint64_t{100} << 20, 90 << 20}};
  EXPECT_EQ(memory_section(limits).health(), Health::kProblem);
  EXPECT_TRUE(memory_section(limits).required);
  EXPECT_THAT(text_of(memory_section(limits)), HasSubstr("-> end other programs or raise"));
}

TEST(DoctorMachineTest, ASystemThatTellsNoMemoryIsNotBroken) {
  const Section section = memory_section({});
  EXPECT_EQ(section.health(), Health::kMissing);
  EXPECT_TRUE(section.facts["binds"].is_null());
}

TEST(DoctorMachineTest, SaysWhereRunsArePublished) {
  const std::string folder = testing::TempDir() + "skol_doctor_status";
  std::filesystem::remove_all(folder);
  const Section section = status_section({{"/no/such/folder", folder}, ""});
  EXPECT_EQ(section.health(), Health::kOk);
  EXPECT_EQ(section.facts["folder"], folder);
  std::filesystem::remove_all(folder);
}

TEST(DoctorMachineTest, SaysWhyRunsAreNotPublished) {
  EXPECT_EQ(status_section({}).health(), Health::kMissing);
  EXPECT_EQ(status_section({{}, "SKOL_STATUS is 'x'"}).health(), Health::kProblem);
  const Section section = status_section({{"/no/such/folder", "/dev/null"}, ""});
  EXPECT_EQ(section.health(), Health::kProblem);
  EXPECT_FALSE(section.required);
  EXPECT_TRUE(section.facts["folder"].is_null());
  EXPECT_THAT(text_of(section),
              AllOf(HasSubstr("/no/such/folder, /dev/null"), HasSubstr("mkdir -m 700")));
}

TEST(DoctorMachineTest, SaysOfItselfVersionBuildAndTargets) {
  const Section section = skol_section();
  EXPECT_EQ(section.facts["version"], SKOL_VERSION);
  EXPECT_EQ(section.facts["targets"].back(), "scalar");
  EXPECT_EQ(section.facts["path"].get<std::string>().front(), '/');
}

}  // namespace
}  // namespace skol
