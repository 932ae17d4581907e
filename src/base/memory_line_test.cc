// SPDX-License-Identifier: Apache-2.0
#include "base/memory_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::uint64_t kMB = 1'000'000;

std::string message_for(const std::vector<MemoryPoint>& points) {
  try {
    fit_memory_line(points);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kParameter);
    return error.what();
  }
  ADD_FAILURE() << "points are taken for a line";
  return "";
}

TEST(MemoryLineTest, IsBaseAndAWindowForEachOfTheBatch) {
  EXPECT_EQ((MemoryLine{250, 20}.bytes(64)), 250U + 64 * 20);
}

TEST(MemoryLineTest, RefusesWhatNoMemoryHolds) {
  EXPECT_THROW((MemoryLine{0, std::uint64_t{1} << 50}.bytes(64)), Error);
}

TEST(MemoryLineTest, GoesThroughPointsOnALine) {
  const MemoryLine line =
      fit_memory_line(std::vector<MemoryPoint>{{1, 270 * kMB}, {64, 1530 * kMB}, {10, 450 * kMB}});
  EXPECT_EQ(line.base_bytes, 250 * kMB);
  EXPECT_EQ(line.window_bytes, 20 * kMB);
  EXPECT_EQ(line.fit_error, 0);
}

// The table of the guide on batch sizes, and what numpy.polyfit says of it.
TEST(MemoryLineTest, FitsTheGuidesTableByLeastSquares) {
  const std::vector<MemoryPoint> points = {{1, 412 * kMB},   {32, 1000 * kMB}, {48, 1200 * kMB},
                                           {64, 1500 * kMB}, {96, 1800 * kMB}, {128, 2200 * kMB}};
  const MemoryLine line = fit_memory_line(points);
  EXPECT_EQ(line.base_bytes, 509'554'469U);
  EXPECT_EQ(line.window_bytes, 13'698'301U);
  EXPECT_NEAR(line.fit_error, 0.2700, 0.0001);
}

TEST(MemoryLineTest, SaysHowFarItIsFromAPoint) {
  EXPECT_DOUBLE_EQ(relative_error({100, 1}, {100, 250}), 0.2);
  EXPECT_DOUBLE_EQ(relative_error({100, 1}, {100, 160}), 0.25);
}

TEST(MemoryLineTest, BeginsAtNothingWhereTheBaseWouldBeLess) {
  const MemoryLine line = fit_memory_line(std::vector<MemoryPoint>{{10, 50}, {20, 200}});
  EXPECT_EQ(line.base_bytes, 0U);
  EXPECT_EQ(line.window_bytes, 9U);  // (10*50 + 20*200) / (10*10 + 20*20)
}

// Measured on a model of which a batch takes less than the noise.
TEST(MemoryLineTest, TellsPointsThatGrowFromThoseThatOnlyEndHigher) {
  const std::vector<MemoryPoint> noise = {{1, 1000}, {8, 5000}, {16, 4000}, {256, 1001}};
  EXPECT_FALSE(grows_with_batch_size(noise));
  EXPECT_THAT(message_for(noise), HasSubstr("do not grow"));
  EXPECT_TRUE(grows_with_batch_size(std::vector<MemoryPoint>{{1, 1000}, {256, 1500}}));
}

TEST(MemoryLineTest, NeedsTwoBatchSizes) {
  EXPECT_THAT(message_for({{64, 100}}), StartsWith("points have one batch size"));
  EXPECT_THAT(message_for({{64, 100}, {64, 110}}), HasSubstr("at least two"));
}

TEST(MemoryLineTest, RefusesPointsThatDoNotGrow) {
  EXPECT_THAT(message_for({{32, 100}, {64, 100}}), StartsWith("points do not grow"));
  EXPECT_THAT(message_for({{32, 1000}, {64, 100}}), StartsWith("points do not grow"));
}

}  // namespace
}  // namespace skol
