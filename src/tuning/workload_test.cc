// SPDX-License-Identifier: Apache-2.0
#include "tuning/workload.h"

#include <gtest/gtest.h>

#include "skol/error.h"

namespace skol {
namespace {

TEST(Workload, CountsTheStride) {
  // ceil((1196 - 20) / 10) + 1 = 119, and 4 for 50 lines: the guide's figures.
  const Workload workload = profile_workload({1196, 50}, 20, 10);
  EXPECT_EQ(workload.windows, 119u + 4u);
  EXPECT_EQ(workload.lines, 1246u);
  EXPECT_EQ(workload.calls(64), 2u);
  EXPECT_EQ(workload.calls(123), 1u);
  EXPECT_EQ(workload.calls(1), 123u);
}

TEST(Workload, IsADistribution) {
  const Workload workload = profile_workload({10, 20, 30, 40, 50, 60, 70, 80, 90, 1000}, 50, 25);
  EXPECT_EQ(workload.lines_of_document.least, 10u);
  EXPECT_EQ(workload.lines_of_document.median, 50u);
  EXPECT_EQ(workload.lines_of_document.ninetieth, 90u);
  EXPECT_EQ(workload.lines_of_document.most, 1000u);
  EXPECT_DOUBLE_EQ(workload.lines_of_document.mean, 145.0);
  EXPECT_EQ(workload.windows_of_document.least, 1u);
  EXPECT_EQ(workload.windows_of_document.most, 39u);
}

TEST(Workload, SaysWhatPaddingWouldWaste) {
  EXPECT_DOUBLE_EQ(profile_workload({50}, 50, 25).padding_share, 0.0);
  EXPECT_DOUBLE_EQ(profile_workload({10}, 50, 25).padding_share, 0.8);
  // Windows of 50 and 26 lines.
  EXPECT_DOUBLE_EQ(profile_workload({51}, 50, 25).padding_share, 0.24);
  EXPECT_DOUBLE_EQ(profile_workload({51}, 50, 25).passes, 76.0 / 51.0);
}

TEST(Workload, OfNothingIsNothing) {
  EXPECT_EQ(profile_workload({}, 50, 25).windows, 0u);
  EXPECT_EQ(profile_workload({0, 0}, 50, 25).windows, 0u);
  EXPECT_EQ(profile_workload({0, 0}, 50, 25).documents, 2u);
  EXPECT_THROW(profile_workload({1}, 50, 51), Error);
}

}  // namespace
}  // namespace skol
