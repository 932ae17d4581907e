// SPDX-License-Identifier: Apache-2.0
#include "cli/gpu_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "skol/error.h"

namespace skol {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

std::string with(const char* gpus) {
  ::setenv("SKOL_NVML_LIBRARY", SKOL_FAKE_NVML_LIBRARY, 1);
  ::setenv("SKOL_FAKE_NVML", gpus, 1);
  std::string told;
  try {
    told = size_of_gpu(seconds(60));
  } catch (const Error& error) {
    told = error.what();
  }
  ::unsetenv("SKOL_NVML_LIBRARY");
  ::unsetenv("SKOL_FAKE_NVML");
  return told;
}

TEST(SizeOfGpu, IsThatOfTheFirstThatCanBeOpened) {
  EXPECT_EQ(with("A:7000000000:1: B:9:0:"), "7000000000");
  EXPECT_EQ(with("A/:1000:0: +A1:250:50: +A2:500:0:"), "250");
}

TEST(SizeOfGpu, ThatIsNotThereIsOneLine) {
  EXPECT_THAT(with("fails"), HasSubstr("NVML does not start"));
  EXPECT_THAT(with(""), HasSubstr("the driver knows no GPU"));
}

}  // namespace
}  // namespace skol
