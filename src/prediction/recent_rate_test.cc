// SPDX-License-Identifier: Apache-2.0
#include "prediction/recent_rate.h"

#include <gtest/gtest.h>

namespace skol {
namespace {

TEST(RecentRateTest, OfASteadyCountIsItsRateFromTheFirstMomentOn) {
  RecentRate rate(100);
  EXPECT_EQ(rate.at(100, 0), 0);
  for (int step = 1; step <= 100; ++step) {
    EXPECT_DOUBLE_EQ(rate.at(100 + 0.25 * step, static_cast<std::uint64_t>(10 * step)), 40);
  }
}

TEST(RecentRateTest, ForgetsWhatWasLongerAgoThanTwiceItsSeconds) {
  RecentRate rate(0);
  std::uint64_t count = 0;
  for (double now = 0; now < 10; now += 0.5) rate.at(now, count += 500);
  double last = 0;
  for (double now = 10; now <= 14.5; now += 0.5) last = rate.at(now, count += 5);
  EXPECT_DOUBLE_EQ(last, 10);
}

TEST(RecentRateTest, AfterAPauseFallsByTheLengthOfThePause) {
  RecentRate rate(0);
  rate.at(1, 1000);
  EXPECT_DOUBLE_EQ(rate.at(10, 1000), 100);
  EXPECT_DOUBLE_EQ(rate.at(12, 1000), 0);
}

TEST(RecentRateTest, OfACountThatFellIsNone) {
  RecentRate rate(0);
  rate.at(3, 1000);
  rate.at(6, 900);
  EXPECT_EQ(rate.at(7, 900), 0);
}

}  // namespace
}  // namespace skol
