// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_bar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t characters(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

const Progress kHalf = {.done = 50, .total = 100, .units = 3000, .status = "epoch 1/2"};

TEST(ProgressBarTest, SaysHowFarHowFastAndHowLong) {
  EXPECT_THAT(render_progress("training", "windows", kHalf, 2.0, {}),
              AllOf(StartsWith("training  ━"), HasSubstr(" 50%  1,500 windows/s  ETA 0:02"),
                    HasSubstr("epoch 1/2")));
}

TEST(ProgressBarTest, FitsAnyNumberOfColumns) {
  for (std::size_t columns = 10; columns <= 80; ++columns) {
    Terminal terminal;
    terminal.columns = columns;
    EXPECT_LT(characters(render_progress("training", "windows", kHalf, 2.0, terminal)), columns);
  }
}

TEST(ProgressBarTest, DropsTheStatusBeforeTheFacts) {
  Terminal terminal;
  terminal.columns = 60;
  EXPECT_THAT(render_progress("training", "windows", kHalf, 2.0, terminal),
              AllOf(HasSubstr("ETA"), Not(HasSubstr("epoch"))));
}

TEST(ProgressBarTest, WithoutATotalThereIsARateOnly) {
  const Progress progress = {.done = 5, .total = 0, .units = 10};
  EXPECT_EQ(render_progress("labelling", "lines", progress, 2.0, {}), "labelling  5 lines/s");
}

TEST(ProgressBarTest, BeginsWithoutAnEstimate) {
  EXPECT_THAT(render_progress("x", "lines", {.done = 0, .total = 10}, 0.0, {}),
              HasSubstr("ETA -:--"));
}

class DrawnBarTest : public ::testing::Test {
 protected:
  ProgressBar bar(bool interactive) {
    Terminal terminal;
    terminal.interactive = interactive;
    return ProgressBar(
        "x", "lines", terminal, [this](std::string_view text) { written_.emplace_back(text); },
        [this] { return seconds_; });
  }
  double seconds_ = 100;
  std::vector<std::string> written_;
};

TEST_F(DrawnBarTest, DrawsNothingWhereNobodyWatches) {
  {
    ProgressBar quiet = bar(false);
    quiet.update(kHalf);
    quiet.print_line("a warning");
  }
  EXPECT_THAT(written_, ElementsAre("a warning\n"));
}

TEST_F(DrawnBarTest, RedrawsTenTimesASecondAtMost) {
  ProgressBar drawn = bar(true);
  for (int i = 0; i < 1000; ++i) {
    seconds_ += 0.001;
    drawn.update(kHalf);
  }
  EXPECT_GE(written_.size(), 9U);
  EXPECT_LE(written_.size(), 11U);
}

TEST_F(DrawnBarTest, ErasesItselfForALineAndAtTheEnd) {
  {
    ProgressBar drawn = bar(true);
    drawn.update(kHalf);
    drawn.print_line("a warning");
    seconds_ += 1;
    drawn.update(kHalf);
  }
  EXPECT_THAT(written_, ElementsAre(StartsWith("\rx"), "\r\033[K", "a warning\n", StartsWith("\rx"),
                                    "\r\033[K"));
}

}  // namespace
}  // namespace skol
