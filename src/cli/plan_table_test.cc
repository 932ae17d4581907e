// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/plan_json.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

Plan small_plan(std::size_t memories = 1) {
  PlanRequest request;
  for (std::size_t i = 0; i < memories; ++i) {
    request.memories.push_back({i == 0 ? "device" : "host", 1000, {100, 10}});
  }
  request.executors = 2;
  request.batch_sizes = {32, 38, 64};
  return make_plan(request);
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(PlanTableTest, MarksTheRecommendedSize) {
  const std::string table = plan_table(small_plan(), {});
  EXPECT_THAT(table, AllOf(HasSubstr("safe <--\n"), HasSubstr("tight\n"), HasSubstr("too_large\n"),
                           Not(HasSubstr("\033"))));
}

TEST(PlanTableTest, ColoursVerdictsOnATerminalOnly) {
  Terminal terminal;
  terminal.colour = true;
  EXPECT_THAT(plan_table(small_plan(), terminal),
              AllOf(HasSubstr("\033[32msafe\033[0m"), HasSubstr("\033[33mtight\033[0m"),
                    HasSubstr("\033[31mtoo_large\033[0m")));
}

TEST(PlanTableTest, NamesTheMemoryOfARowWhereThereAreTwo) {
  EXPECT_THAT(plan_table(small_plan(2), {}), HasSubstr("device 84.0 %"));
}

TEST(PlanTableTest, FitsEightyColumnsWhateverTheFigures) {
  PlanRequest request;
  request.memories = {{"device", kMostBytes - 1, {1000, 999'999}},
                      {"host", kMostBytes / 3, {1000, 999'999}}};
  request.executors = kMostExecutors;
  request.windows = 123'456'789'012;
  request.batch_sizes = {1, 100'000, 130'000};
  const Plan plan = make_plan(request);
  EXPECT_THAT(longest_line(plan_table(plan, {})), Le(80U));
}

TEST(PlanJsonTest, HasTheKeysScriptsRelyOnAndNoOther) {
  nlohmann::ordered_json json = plan_report(small_plan());
  EXPECT_NE(json.at("reason"), "");
  json["reason"] = "";
  EXPECT_EQ(json.dump(),
            R"({"base_bytes":100,"window_bytes":10,"fit_error":0.0,"rows":[)"
            R"({"prediction_batch_size":32,"executor_bytes":420,"total_bytes":840,)"
            R"("free_bytes":160,"verdict":"safe"},)"
            R"({"prediction_batch_size":38,"executor_bytes":480,"total_bytes":960,)"
            R"("free_bytes":40,"verdict":"tight"},)"
            R"({"prediction_batch_size":64,"executor_bytes":740,"total_bytes":1480,)"
            R"("free_bytes":-480,"verdict":"too_large"}],"prediction_batch_size":32,"reason":""})");
}

TEST(PlanJsonTest, NamesTheMemoryOfARowWhereThereAreTwo) {
  EXPECT_EQ(plan_report(small_plan(2))["rows"][0]["memory"], "device");
}

TEST(PlanJsonTest, HasNoSizeWhereNoneIsSafe) {
  Plan plan = small_plan();
  plan.prediction_batch_size.reset();
  EXPECT_TRUE(plan_report(plan)["prediction_batch_size"].is_null());
}

}  // namespace
}  // namespace skol
