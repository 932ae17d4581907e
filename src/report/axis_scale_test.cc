// SPDX-License-Identifier: Apache-2.0
#include "report/axis_scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skol {
namespace {

using ::testing::ElementsAre;

constexpr double kMiB = 1 << 20, kGiB = 1 << 30;

std::vector<std::string> labels(const AxisScale& scale) {
  std::vector<std::string> out;
  for (const Tick& tick : scale.ticks) out.push_back(tick.label);
  return out;
}

TEST(LinearScaleTest, StepsAreOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_THAT(labels(linear_scale(97, Unit::kNumber, 5)),
              ElementsAre("0", "20", "40", "60", "80", "100"));
  EXPECT_THAT(labels(linear_scale(11'000, Unit::kNumber, 3)),
              ElementsAre("0", "5,000", "10,000", "15,000"));
  EXPECT_THAT(labels(linear_scale(0.7, Unit::kNumber, 4)),
              ElementsAre("0", "0.2", "0.4", "0.6", "0.8"));
}

TEST(LinearScaleTest, AFullLastStepAddsNoOther) {
  EXPECT_THAT(labels(linear_scale(100, Unit::kNumber, 5)),
              ElementsAre("0", "20", "40", "60", "80", "100"));
  EXPECT_THAT(labels(linear_scale(0.3, Unit::kNumber, 3)), ElementsAre("0", "0.1", "0.2", "0.3"));
}

TEST(LinearScaleTest, BytesGetTheUnitOfTheLargest) {
  EXPECT_THAT(labels(linear_scale(1.7 * kGiB, Unit::kBinaryBytes, 4)),
              ElementsAre("0", "0.5 GiB", "1.0 GiB", "1.5 GiB", "2.0 GiB"));
  EXPECT_THAT(labels(linear_scale(900 * kMiB, Unit::kBinaryBytes, 2)),
              ElementsAre("0", "500 MiB", "1,000 MiB"));
  EXPECT_THAT(labels(linear_scale(6.6e9, Unit::kDecimalBytes, 4)),
              ElementsAre("0", "2 GB", "4 GB", "6 GB", "8 GB"));
  EXPECT_DOUBLE_EQ(linear_scale(1.7 * kGiB, Unit::kBinaryBytes, 4).ticks[1].value, kGiB / 2);
}

TEST(LinearScaleTest, SecondsMayBeParts) {
  EXPECT_THAT(labels(linear_scale(0.021, Unit::kSeconds, 3)),
              ElementsAre("0", "0.01 s", "0.02 s", "0.03 s"));
}

TEST(LinearScaleTest, WholeThingsHaveNoParts) {
  EXPECT_THAT(labels(linear_scale(2, Unit::kCount, 8)), ElementsAre("0", "1", "2"));
  EXPECT_THAT(labels(linear_scale(3, Unit::kBinaryBytes, 8)),
              ElementsAre("0", "1 B", "2 B", "3 B"));
}

TEST(LinearScaleTest, NothingAtAllStillHasAnAxis) {
  EXPECT_THAT(labels(linear_scale(0, Unit::kCount, 5)), ElementsAre("0", "1"));
  EXPECT_EQ(linear_scale(0, Unit::kBinaryBytes, 5).high, 1);
}

TEST(LinearScaleTest, HoldsWhateverSizeThereIs) {
  for (double most = 1e-9; most < 1e18; most *= 3.7) {
    for (const Unit unit :
         {Unit::kNumber, Unit::kCount, Unit::kSeconds, Unit::kBinaryBytes, Unit::kDecimalBytes}) {
      for (std::size_t intervals = 1; intervals < 9; ++intervals) {
        const AxisScale scale = linear_scale(most, unit, intervals);
        EXPECT_GE(scale.high, most * (1 - 1e-8));
        EXPECT_LE(scale.ticks.size(), intervals + 1);
        EXPECT_GE(scale.ticks.size(), 2U);
      }
    }
  }
}

TEST(LogScaleTest, TicksArePowersOfTwo) {
  EXPECT_THAT(labels(log_scale(1, 16, 8)), ElementsAre("1", "2", "4", "8", "16"));
  EXPECT_THAT(labels(log_scale(20, 3000, 8)),
              ElementsAre("16", "32", "64", "128", "256", "512", "1,024", "2,048", "4,096"));
  EXPECT_THAT(labels(log_scale(1, 1 << 24, 4)),
              ElementsAre("1", "64", "4,096", "262,144", "16,777,216"));
}

TEST(LogScaleTest, OneSizeAloneStillHasAnAxis) {
  EXPECT_THAT(labels(log_scale(64, 64, 5)), ElementsAre("64", "128"));
  EXPECT_THAT(labels(log_scale(1, 1, 5)), ElementsAre("1", "2"));
}

TEST(AxisScaleTest, PlacesValuesBetweenItsEnds) {
  const AxisScale linear = linear_scale(100, Unit::kNumber, 5), log = log_scale(1, 16, 8);
  EXPECT_DOUBLE_EQ(linear.at(25), 0.25);
  EXPECT_DOUBLE_EQ(log.at(4), 0.5);
  EXPECT_EQ(linear.at(1e9), 1);
  EXPECT_EQ(linear.at(-1), 0);
}

}  // namespace
}  // namespace skol
