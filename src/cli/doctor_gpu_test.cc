// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_gpu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace skol {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr milliseconds kLong{60'000};

std::string text_of(const Section& section) {
  return doctor_text(std::span(&section, 1), {});
}

// A folder with files in the places of /dev and /proc.
class DoctorGpuTest : public ::testing::Test {
 protected:
  DoctorGpuTest() : root_(testing::TempDir() + "skol_doctor_gpu") { fs::remove_all(root_); }
  ~DoctorGpuTest() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& content) const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << content;
  }

  std::string root_;
};

TEST_F(DoctorGpuTest, CountsTheFilesOfDevicesAndReadsTheModulesVersion) {
  for (const char* name :
       {"nvidia0", "nvidia1", "nvidia12", "nvidiactl", "nvidia-uvm", "nvidia", "null"}) {
    write(std::string("/dev/") + name, "");
  }
  write("/proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\n"
        "GCC version:  gcc version 12.2.0\n");
  const GpuFacts facts = find_gpus(root_, kLong);
  EXPECT_EQ(facts.device_files, 3u);
  EXPECT_EQ(facts.kernel_module, "550.54.15");
}

TEST_F(DoctorGpuTest, FindsNothingWhereNothingIs) {
  const GpuFacts facts = find_gpus(root_, kLong);
  EXPECT_EQ(facts.device_files, 0u);
  EXPECT_EQ(facts.kernel_module, "");
  write("/proc/driver/nvidia/version", "something else\n");
  EXPECT_EQ(find_gpus(root_, kLong).kernel_module, "unknown");
}

TEST(GpuSectionTest, WithoutADriverSaysThatTheCpuComputes) {
  GpuFacts none;
  none.nvml_problem = "libnvidia-ml.so.1 cannot be opened";
  const Section section = gpu_section(none);
  EXPECT_EQ(section.health(), Health::kMissing);
  EXPECT_FALSE(section.required);
  EXPECT_THAT(text_of(section), HasSubstr("computing on the\n                    CPU\n"));
}

TEST(GpuSectionTest, ADriverWithoutItsLibrariesIsAProblem) {
  GpuFacts facts;
  facts.device_files = 1;
  facts.nvml_problem = "libnvidia-ml.so.1 cannot be opened";
  const Section section = gpu_section(facts);
  EXPECT_EQ(section.health(), Health::kProblem);
  EXPECT_THAT(text_of(section),
              AllOf(HasSubstr("cannot be opened"), HasSubstr("the NVIDIA runtime")));
}

TEST(GpuSectionTest, ShowsEachGpuAndThatThisBuildUsesNone) {
  GpuFacts facts;
  facts.device_files = 1;
  facts.kernel_module = facts.driver = "550.54.15";
  facts.cuda_library = true;
  facts.gpus = {{"NVIDIA H100 80GB HBM3", std::uint64_t{80} << 30, std::uint64_t{2} << 30}};
  const Section section = gpu_section(facts);
  EXPECT_EQ(section.health(), Health::kMissing);
  EXPECT_EQ(section.facts["gpus"][0]["name"], "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(section.facts["driver"], "550.54.15");
  EXPECT_THAT(text_of(section),
              AllOf(HasSubstr("ok       NVIDIA H100 80GB HBM3, 2.0 GiB of 80.0 GiB in use\n"),
                    HasSubstr("this build of skol has no CUDA")));
}

TEST(GpuSectionTest, SaysThatItsKernelsHaveNotRunOnHardware) {
  GpuFacts facts;
  facts.device_files = 1;
  facts.cuda_library = true;
  facts.gpus = {{"H100", 1000, 0, false, true}, {"H100 MIG 1g", 100, 10, true}};
  facts.device_library = "/x/libskol_cuda.so";
  facts.usable = 2;
  const Section section = gpu_section(facts);
  EXPECT_EQ(section.facts["run_on_hardware"], false);
  EXPECT_EQ(section.facts["gpus"][1]["mig_instance"], true);
  EXPECT_THAT(text_of(section),
              AllOf(HasSubstr("finds 2 devices"), HasSubstr("divided into MIG"),
                    HasSubstr("MIG instance H100 MIG 1g"), HasSubstr("have not run")));
  facts.usable = 0;
  facts.library_problem = "the driver is too old";
  EXPECT_EQ(gpu_section(facts).health(), Health::kProblem);
  EXPECT_THAT(text_of(gpu_section(facts)), HasSubstr("too old"));
}

TEST(GpuSectionTest, AGpuWithoutLibcudaIsAProblem) {
  GpuFacts facts;
  facts.device_files = 1;
  facts.gpus = {{"NVIDIA L4", 1000, 0}};
  EXPECT_EQ(gpu_section(facts).health(), Health::kProblem);
}

}  // namespace
}  // namespace skol
