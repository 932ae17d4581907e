// SPDX-License-Identifier: Apache-2.0
#include "features/line_layout.h"

#include <gtest/gtest.h>

#include <string>

namespace skol {
namespace {

// Length, indentation, words; % of capitals, digits and punctuation.
void expect_classes(std::string_view line, std::size_t words,
                    const std::array<int, kLineNumbers>& expected) {
  const LayoutClasses classes = layout_classes(line, words, {});
  for (std::size_t i = 0; i < kLineNumbers; ++i) EXPECT_EQ(classes[i], expected[i]) << line << i;
}

TEST(LineLayout, HasClassesOfWhatALineIsMadeOf) {
  expect_classes("", 0, {0, 0, 0, 0, 0, 0});
  expect_classes("abc", 1, {0, 0, 0, 0, 0, 0});
  expect_classes("abcd", 2, {1, 0, 1, 0, 0, 0});
  expect_classes("   ABC 12.", 2, {1, 3, 1, 8, 5, 5});
  expect_classes(
      " \xC3\xA9\xC3\x89"
      "A\t",
      1, {0, 1, 0, 6, 0, 0});  // code points, of which 33 %
}

// Counts are taken 4,095 bytes at a time.
TEST(LineLayout, CountsLongLines) {
  for (const std::size_t length : {4'094, 4'095, 4'096, 100'000}) {
    expect_classes(std::string(length, 'A'), 1, {11, 0, 0, 8, 0, 0});
    expect_classes(std::string(length / 2, 'A') + std::string(length / 2, '7'), 1,
                   {11, 0, 0, 8, 6, 0});
  }
}

TEST(LineLayout, HasClassesOfThePlaceInTheText) {
  const LayoutClasses classes = layout_classes(
      "a", 1, {.blanks_before = 2, .blanks_after = 30, .lines_before = 8, .lines_after = 0});
  const int expected[] = {2, 4, 5, 0, 5};
  for (std::size_t i = 0; i < kBlockNumbers; ++i) {
    EXPECT_EQ(classes[kLineNumbers + i], expected[i]) << i;
  }
}

}  // namespace
}  // namespace skol
