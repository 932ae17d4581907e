// SPDX-License-Identifier: Apache-2.0
#include "windows/overlap_merge.h"

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

using Floats = std::vector<float>;

template <typename Action>
std::string error_of(ErrorKind kind, Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(OverlapMerge, OfNoLinesIsEmpty) {
  EXPECT_THAT(OverlapMerge(0, 3).finish(), IsEmpty());
}

TEST(OverlapMerge, KeepsTheBitsOfALineInOneWindow) {
  OverlapMerge merge(2, 2);
  merge.add({0, 2}, Floats{0.1f, 0.9f, 1e-40f, 1.0f});
  EXPECT_THAT(std::move(merge).finish(), ElementsAre(0.1f, 0.9f, 1e-40f, 1.0f));
}

TEST(OverlapMerge, AveragesTheWindowsThatCoverALine) {
  OverlapMerge merge(3, 2);
  merge.add({0, 2}, Floats{0.25f, 0.75f, 0.5f, 0.5f});
  merge.add({1, 2}, Floats{1.0f, 0.0f, 0.125f, 0.875f});
  EXPECT_THAT(std::move(merge).finish(), ElementsAre(0.25f, 0.75f, 0.75f, 0.25f, 0.125f, 0.875f));
}

TEST(OverlapMerge, SumsInWindowOrderThenDivides) {
  // Three addends whose float32 sum depends on their order.
  const Floats addends = {1.0f, 0x1p-24f, 0x1p-24f};
  OverlapMerge merge(1, 1);
  for (const float addend : addends) merge.add({0, 1}, Floats{addend});
  const float in_order = ((addends[0] + addends[1]) + addends[2]) / 3.0f;
  const float in_reverse = ((addends[2] + addends[1]) + addends[0]) / 3.0f;
  ASSERT_NE(in_order, in_reverse);
  EXPECT_THAT(std::move(merge).finish(), ElementsAre(in_order));
}

TEST(OverlapMerge, LeavesConstantRowsAsTheyAreForAnyWindows) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const std::size_t lines = 1 + random() % 100;
    const std::size_t size = 1 + random() % 20;
    const std::size_t stride = 1 + random() % size;
    OverlapMerge merge(lines, 2);
    for (const Window& window : sliding_windows(lines, size, stride)) {
      Floats rows;
      for (std::size_t i = 0; i < window.length; ++i) {
        // The line's own number, exact in float32, tells rows that went astray.
        rows.push_back(static_cast<float>(window.begin + i));
        rows.push_back(0.5f);
      }
      merge.add(window, rows);
    }
    const Floats merged = std::move(merge).finish();
    for (std::size_t line = 0; line < lines; ++line) {
      ASSERT_EQ(merged[2 * line], static_cast<float>(line));
      ASSERT_EQ(merged[2 * line + 1], 0.5f);
    }
  }
}

TEST(OverlapMerge, NamesTheLineThatNoWindowCovers) {
  OverlapMerge merge(4, 1);
  merge.add({0, 2}, Floats{1.0f, 1.0f});
  merge.add({3, 1}, Floats{1.0f});
  EXPECT_THAT(error_of(ErrorKind::kInternal, [&] { std::move(merge).finish(); }),
              HasSubstr("line 2 of 4 is in no window"));
}

TEST(OverlapMerge, RefusesWindowsThatDoNotFit) {
  OverlapMerge merge(4, 2);
  merge.add({1, 1}, Floats{0.5f, 0.5f});
  const auto refusal = [&](const Window& window, const Floats& rows) {
    return error_of(ErrorKind::kInternal, [&] { merge.add(window, rows); });
  };
  EXPECT_THAT(refusal({3, 2}, Floats(4)), HasSubstr("window of 2 lines from line 3"));
  EXPECT_THAT(refusal({std::numeric_limits<std::size_t>::max(), 2}, Floats(4)),
              HasSubstr("expected within 4 lines"));
  EXPECT_THAT(refusal({0, 1}, Floats(2)), HasSubstr("line 0 after one from line 1"));
  EXPECT_THAT(refusal({2, 2}, Floats(3)), HasSubstr("3 probabilities"));
}

TEST(OverlapMerge, RefusesSizesBeyondAnyMemory) {
  EXPECT_THAT(error_of(ErrorKind::kInternal, [] { OverlapMerge(3, 0); }), HasSubstr("0 classes"));
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  EXPECT_THAT(error_of(ErrorKind::kMemory, [] { OverlapMerge(kMost, kMost); }),
              HasSubstr("address space"));
}

}  // namespace
}  // namespace skol
