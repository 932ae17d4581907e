// SPDX-License-Identifier: Apache-2.0
#include "tuning/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::uint64_t kMiB = 1 << 20;

// 250 MiB + 20 MiB a window, 6.6 GiB, four executors: the guide's setup by its own formula.
PlanRequest guide_request(std::vector<std::size_t> sizes = {}) {
  PlanRequest request;
  request.memories = {{"device", 7'086'696'038, {250 * kMiB, 20 * kMiB}}};
  request.executors = 4;
  request.batch_sizes = std::move(sizes);
  return request;
}

PlanRequest small_request(std::uint64_t memory, std::vector<std::size_t> sizes) {
  PlanRequest request;
  request.memories = {{"host", memory, {10, 1}}};
  request.batch_sizes = std::move(sizes);
  return request;
}

std::vector<std::size_t> sizes_of(const Plan& plan) {
  std::vector<std::size_t> sizes;
  for (const PlanRow& row : plan.rows) sizes.push_back(row.batch_size);
  return sizes;
}

std::vector<Verdict> verdicts_of(const Plan& plan) {
  std::vector<Verdict> verdicts;
  for (const PlanRow& row : plan.rows) verdicts.push_back(row.verdict);
  return verdicts;
}

std::string message_for(const PlanRequest& request) {
  try {
    make_plan(request);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMemory);
    return error.what();
  }
  ADD_FAILURE() << "something fits";
  return "";
}

TEST(PlanTest, RowsAreWhatAllExecutorsTakeTogether) {
  const Plan plan = make_plan(guide_request({32}));
  EXPECT_EQ(plan.rows[0].executor_bytes, 890 * kMiB);
  EXPECT_EQ(plan.rows[0].total_bytes, 3560 * kMiB);
  EXPECT_EQ(plan.rows[0].free_bytes, 3'353'765'478);
}

TEST(PlanTest, RecommendsTheLargestSafeSizeOfTheList) {
  const Plan plan = make_plan(guide_request({128, 32, 64, 48, 96}));
  EXPECT_EQ(plan.prediction_batch_size, 64U);
  EXPECT_THAT(sizes_of(plan), ElementsAre(128, 32, 64, 48, 96));
  EXPECT_THAT(verdicts_of(plan), ElementsAre(Verdict::kTooLarge, Verdict::kSafe, Verdict::kSafe,
                                             Verdict::kSafe, Verdict::kTooLarge));
}

TEST(PlanTest, RecommendsTheLargestSafeNumberWithoutAList) {
  const Plan plan = make_plan(guide_request());
  EXPECT_EQ(plan.prediction_batch_size, 67U);
  EXPECT_THAT(sizes_of(plan), ElementsAre(16, 32, 48, 64, 67, 96, 128, 256));
}

TEST(PlanTest, TheTableHasASizeThatIsNotSafe) {
  PlanRequest request = guide_request();
  request.executors = 1;
  request.memories[0].bytes *= 10;
  const Plan plan = make_plan(request);
  EXPECT_THAT(sizes_of(plan), ElementsAre(16, 32, 48, 64, 96, 128, 256, 3197, 6394));
  EXPECT_EQ(plan.rows.back().verdict, Verdict::kTooLarge);
}

TEST(PlanTest, VerdictsChangeExactlyAt95And100Percent) {
  const Plan plan = make_plan(small_request(1000, {940, 941, 990, 991}));
  EXPECT_THAT(verdicts_of(plan),
              ElementsAre(Verdict::kSafe, Verdict::kTight, Verdict::kTight, Verdict::kTooLarge));
  EXPECT_EQ(plan.rows[2].free_bytes, 0);
  EXPECT_EQ(plan.rows[3].free_bytes, -1);
}

TEST(PlanTest, TheLargestSafeNumberIsSafeAndTheNextIsNot) {
  for (std::uint64_t memory = 60; memory < 400; memory += 7) {
    for (const std::size_t executors : {1, 2, 3, 5}) {
      const SharedMemory shared{"host", memory, {10, 3}};
      const std::size_t largest = shared.largest_safe_batch(executors);
      if (largest > 0) {
        EXPECT_EQ(shared.verdict(shared.total(executors, largest)), Verdict::kSafe);
      }
      EXPECT_NE(shared.verdict(shared.total(executors, largest + 1)), Verdict::kSafe);
    }
  }
}

TEST(PlanTest, TheMostSafeExecutorsAreSafeAndOneMoreIsNot) {
  for (std::uint64_t memory = 60; memory < 400; memory += 7) {
    const SharedMemory shared{"host", memory, {10, 3}};
    const std::size_t most = shared.most_safe_executors(5);
    EXPECT_EQ(shared.verdict(shared.total(most, 5)), Verdict::kSafe);
    EXPECT_NE(shared.verdict(shared.total(most + 1, 5)), Verdict::kSafe);
  }
}

TEST(PlanTest, NoSizeIsRecommendedWhereTheSmallestIsTight) {
  const Plan plan = make_plan(small_request(1000, {960, 980}));
  EXPECT_FALSE(plan.prediction_batch_size);
  EXPECT_THAT(plan.reason[0], AllOf(StartsWith("No size is recommended"), HasSubstr("960 is tight"),
                                    HasSubstr("up to 940")));
}

TEST(PlanTest, NothingThatFitsIsAnErrorWithTheBytes) {
  EXPECT_THAT(message_for(guide_request({512, 400})),
              AllOf(StartsWith("nothing fits"), HasSubstr("34603008000 bytes"),
                    HasSubstr("7086696038 bytes"), HasSubstr("help: sizes up to 67")));
  PlanRequest request = guide_request();
  request.memories[0].bytes = 1000 * kMiB;
  EXPECT_THAT(message_for(request), AllOf(HasSubstr("4 executors x (250 MiB + 1 x 20.0 MiB)"),
                                          HasSubstr("help: 3 executors")));
  request.memories[0].bytes = 100 * kMiB;
  EXPECT_THAT(message_for(request),
              HasSubstr("help: less memory for base and window or more memory"));
}

TEST(PlanTest, TheTighterMemoryBinds) {
  PlanRequest request = guide_request({32, 64});
  request.memories.push_back({"host", 25'000 * kMiB, {2000 * kMiB, 0}});
  Plan plan = make_plan(request);
  EXPECT_EQ(plan.rows[1].memory, 0U);
  EXPECT_THAT(plan.reason,
              Contains(HasSubstr("host memory is 32.0 % used whatever the batch size")));

  request = guide_request({16, 64});
  request.memories.push_back({"host", 25'000 * kMiB, {100 * kMiB, 100 * kMiB}});
  plan = make_plan(request);
  EXPECT_EQ(plan.prediction_batch_size, 16U);
  EXPECT_EQ(plan.largest_safe, 58U);
  EXPECT_EQ(plan.rows[0].memory, 0U);
  EXPECT_EQ(plan.rows[1].memory, 1U);
  EXPECT_EQ(plan.rows[1].total_bytes, 4 * (100 + 64 * 100) * kMiB);
  EXPECT_THAT(plan.reason,
              Contains(HasSubstr("host memory is 27.2 % used and binds next, above 58.")));
}

TEST(PlanTest, SaysWhatBindsAndWhatWouldHelp) {
  const Plan plan = make_plan(guide_request({32, 48, 64, 96, 128}));
  ASSERT_EQ(plan.reason.size(), 4U);
  EXPECT_EQ(plan.reason[0],
            "64: device memory binds: 4 executors x (250 MiB + 64 x 20.0 MiB) = 5.98 GiB of 6.60 "
            "GiB (90.6 %).");
  EXPECT_EQ(plan.reason[1], "Every size up to 67 is safe.");
  EXPECT_EQ(plan.reason[2],
            "96 is too_large: it takes 8.48 GiB. It would be safe with 2 executors, at most 14.1 "
            "MiB a window or 8.93 GiB of device memory. Executors that share one base get as far "
            "as 77.");
  EXPECT_THAT(plan.reason[3], HasSubstr("guide calls 96 tight"));
}

TEST(PlanTest, WhatWouldHelpDoesEvenAsItIsWritten) {
  const PlanRequest asked = guide_request({96});
  PlanRequest request = asked;
  request.executors = 2;
  EXPECT_EQ(make_plan(request).prediction_batch_size, 96U);
  request.executors = 3;
  EXPECT_FALSE(make_plan(request).prediction_batch_size);
  request = asked;
  request.memories[0].executor.window_bytes = parse_size("window", "14.1MiB").bytes;
  EXPECT_EQ(make_plan(request).prediction_batch_size, 96U);
  request = asked;
  request.memories[0].bytes = parse_size("memory", "8.93GiB").bytes;
  EXPECT_EQ(make_plan(request).prediction_batch_size, 96U);
}

TEST(PlanTest, BelowSeventyPercentSaysWhatCouldBeRaised) {
  EXPECT_THAT(make_plan(guide_request({32})).reason,
              ElementsAre(HasSubstr("(52.7 %)"),
                          "Less than 70 % is used: raise the batch size up to 67 or the executors "
                          "up to 7."));
  EXPECT_THAT(make_plan(guide_request({64})).reason, Each(Not(HasSubstr("70 %"))));
}

TEST(PlanTest, SaysWhereMeasuredPointsAreOffTheLine) {
  PlanRequest request = guide_request({64});
  request.points = {{32, 1000 * kMiB}, {64, 1300 * kMiB}, {96, 2000 * kMiB}};
  request.memories[0].executor = fit_memory_line(request.points);
  EXPECT_THAT(make_plan(request).reason,
              Contains(AllOf(StartsWith("The points depart from the formula"), HasSubstr("10.3 %"),
                             HasSubstr("at 64 the line has 1.40 GiB, measured were 1.27 GiB"))));
  request.points = {{32, 1000 * kMiB}, {64, 1300 * kMiB}, {96, 1600 * kMiB}};
  request.memories[0].executor = fit_memory_line(request.points);
  EXPECT_THAT(make_plan(request).reason, Each(Not(StartsWith("The points"))));
}

TEST(PlanTest, SaysWhereAMeasuredPointIsWorseThanTheVerdict) {
  PlanRequest request = guide_request({64});
  request.points = {{32, 890 * kMiB}, {64, 1650 * kMiB}};
  EXPECT_THAT(make_plan(request).reason,
              Contains("But as measured 64 takes 6.45 GiB, which is tight: choose a smaller size, "
                       "or measure again."));
}

TEST(PlanTest, PartitionsAreTwoToFourForEachExecutor) {
  PlanRequest request = guide_request({64});
  request.windows = 5000;
  const Plan plan = make_plan(request);
  ASSERT_EQ(plan.partitions.size(), 3U);
  EXPECT_EQ(plan.partitions[0].partitions, 8U);
  EXPECT_EQ(plan.partitions[0].windows, 625U);
  EXPECT_EQ(plan.partitions[0].calls, 10U);
  EXPECT_EQ(plan.partitions[2].partitions, 16U);
  EXPECT_EQ(plan.partitions[2].windows, 313U);
  EXPECT_EQ(plan.partitions[2].calls, 5U);
}

}  // namespace
}  // namespace skol
