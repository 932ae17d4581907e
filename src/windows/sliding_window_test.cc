// SPDX-License-Identifier: Apache-2.0
#include "windows/sliding_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "skol/error.h"

namespace skol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kStopAtEnd = WindowRule::kStopAtEnd;
constexpr auto kEveryStride = WindowRule::kEveryStride;

TEST(SlidingWindows, OfNoLinesAreNone) {
  EXPECT_THAT(sliding_windows(0, 50, 25, kStopAtEnd), IsEmpty());
  EXPECT_THAT(sliding_windows(0, 50, 25, kEveryStride), IsEmpty());
}

TEST(SlidingWindows, OfAShortDocumentAreOne) {
  for (const WindowRule rule : {kStopAtEnd, kEveryStride}) {
    EXPECT_THAT(sliding_windows(1, 50, 25, rule), ElementsAre(Window{0, 1}));
    EXPECT_THAT(sliding_windows(50, 50, 25, rule), ElementsAre(Window{0, 50}));
  }
}

TEST(SlidingWindows, StopAtTheFirstThatReachesTheEnd) {
  EXPECT_THAT(sliding_windows(51, 50, 25), ElementsAre(Window{0, 50}, Window{25, 26}));
  EXPECT_THAT(sliding_windows(75, 50, 25), ElementsAre(Window{0, 50}, Window{25, 50}));
  EXPECT_THAT(sliding_windows(76, 50, 25),
              ElementsAre(Window{0, 50}, Window{25, 50}, Window{50, 26}));
}

TEST(SlidingWindows, StartAtEveryStrideWhereAsked) {
  EXPECT_THAT(sliding_windows(51, 50, 25, kEveryStride),
              ElementsAre(Window{0, 50}, Window{25, 26}, Window{50, 1}));
  EXPECT_THAT(sliding_windows(75, 50, 25, kEveryStride),
              ElementsAre(Window{0, 50}, Window{25, 50}, Window{50, 25}));
  EXPECT_EQ(window_count(76, 50, 25, kEveryStride), 4u);
}

TEST(SlidingWindows, AreAsManyAsTheGuideCounts) {
  EXPECT_EQ(window_count(50, 20, 10), 4u);
  EXPECT_EQ(window_count(1196, 20, 10), 119u);
  EXPECT_EQ(window_count(1196, 20, 10, kEveryStride), 120u);
  EXPECT_EQ(window_count(1196, 50, 25), 47u);
}

TEST(SlidingWindows, DoNotOverlapWithTheStrideOfTheirSize) {
  EXPECT_THAT(sliding_windows(5, 2, 2), ElementsAre(Window{0, 2}, Window{2, 2}, Window{4, 1}));
}

TEST(SlidingWindows, AreCountedForAnyNumberOfLines) {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(window_count(kMost, 1, 1), kMost);
  EXPECT_EQ(window_count(kMost, kMost, kMost), 1u);
  EXPECT_EQ(window_count(kMost, kMost - 1, kMost - 1), 2u);
  EXPECT_EQ(window_count(kMost, 2, 2, kEveryStride), kMost / 2 + 1);
}

// What must hold for windows of any sizes; says which sizes where it does not.
void expect_cover(std::size_t lines, std::size_t size, std::size_t stride, WindowRule rule) {
  SCOPED_TRACE(testing::Message() << lines << " lines, window " << size << ", stride " << stride);
  const std::vector<Window> windows = sliding_windows(lines, size, stride, rule);
  ASSERT_EQ(windows.size(), window_count(lines, size, stride, rule));
  std::size_t covered = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    ASSERT_EQ(windows[i].begin, i * stride);
    ASSERT_LE(windows[i].begin, covered);
    ASSERT_EQ(windows[i].length, std::min(size, lines - windows[i].begin));
    ASSERT_GE(windows[i].length, 1u);
    covered = windows[i].begin + windows[i].length;
  }
  ASSERT_EQ(covered, lines);
  if (rule == kStopAtEnd && windows.size() > 1) {
    const Window& before = windows[windows.size() - 2];
    ASSERT_LT(before.begin + before.length, lines);
  }
}

TEST(SlidingWindows, CoverEveryLine) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const std::size_t lines = random() % 300;
    const std::size_t size = 1 + random() % 60;
    const std::size_t stride = 1 + random() % size;
    expect_cover(lines, size, stride, kStopAtEnd);
    expect_cover(lines, size, stride, kEveryStride);
  }
}

std::string refusal(std::size_t window_size, std::size_t stride) {
  try {
    sliding_windows(10, window_size, stride);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kParameter);
    return error.what();
  }
  return "no error";
}

TEST(SlidingWindows, RefuseSizesThatLeaveLinesUncovered) {
  EXPECT_THAT(refusal(0, 0), HasSubstr("window_size 0"));
  EXPECT_THAT(refusal(50, 0), HasSubstr("stride 0"));
  EXPECT_THAT(refusal(50, 51), HasSubstr("stride 51, expected 1 to the window_size of 50"));
}

}  // namespace
}  // namespace skol
