// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.h"

#include <gtest/gtest.h>

#include <new>

#include "base/process_memory.h"
#include "skol/error.h"

namespace skol {
namespace {

template <typename Exception>
Ending ending(const Exception& exception) {
  return ending_of(std::make_exception_ptr(exception));
}

TEST(ExitStatusTest, FollowsTheKindOfTheError) {
  EXPECT_EQ(ending(Error(ErrorKind::kInput, "m")).status, 1);
  EXPECT_EQ(ending(Error(ErrorKind::kNotFound, "m")).status, 1);
  EXPECT_EQ(ending(Error(ErrorKind::kStorage, "m")).status, 1);
  EXPECT_EQ(ending(Error(ErrorKind::kDevice, "m")).status, 1);
  EXPECT_EQ(ending(Error(ErrorKind::kInternal, "m")).status, 1);
  EXPECT_EQ(ending(Error(ErrorKind::kParameter, "m")).status, 2);
  EXPECT_EQ(ending(Error(ErrorKind::kMemory, "m")).status, 3);
  EXPECT_EQ(ending(Error(ErrorKind::kModel, "m")).status, 4);
  EXPECT_EQ(ending(std::bad_alloc()).status, 3);
  EXPECT_EQ(ending(std::logic_error("m")).status, 1);
  EXPECT_EQ(ending(CommandFailure(4, "m")).status, 4);
}

TEST(ExitStatusTest, SaysWhatTheErrorSays) {
  EXPECT_EQ(ending(Error(ErrorKind::kInput, "a:1: b")).message, "a:1: b");
  EXPECT_EQ(ending(Error(ErrorKind::kParameter, "batch_size is 0")).message, "--batch-size is 0");
  EXPECT_EQ(ending(std::logic_error("b")).message, "internal error: b; please report it");
}

TEST(ProcessMemoryTest, TheProcessHoldsAMegabyteAtLeast) {
  EXPECT_GT(peak_memory_bytes(), std::size_t{1} << 20);
}

}  // namespace
}  // namespace skol
