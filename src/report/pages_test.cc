// SPDX-License-Identifier: Apache-2.0
// What the pages say; how they look is tested in a browser, in tests/cli and tests/python.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/plan_page.h"
#include "report/prediction_page.h"
#include "report/tune_page.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t kMiB = 1 << 20;

PlanRequest guide_request(std::size_t executors = 4) {
  PlanRequest request;
  request.memories = {{"device", 7'086'696'038, {250 * kMiB, 20 * kMiB}}};
  request.executors = executors;
  request.batch_sizes = {32, 64, 96};
  return request;
}

std::string plan_html(PlanRequest request) {
  return plan_page(make_plan(std::move(request)), "skol plan --executors 4");
}

TEST(PlanPageTest, SaysWhatThePlanSays) {
  EXPECT_THAT(plan_html(guide_request()),
              AllOf(HasSubstr("Plan: 64 windows a prediction call"), HasSubstr("<dd>5.98 GiB</dd>"),
                    HasSubstr("8.48 GiB, 128.4 %, too large"),
                    HasSubstr("executor 4 of 4: base 250 MiB"), HasSubstr("95 % shared by 4"),
                    HasSubstr("Every size up to 67 is safe."), HasSubstr("nothing was measured")));
}

TEST(PlanPageTest, ShowsThePointsThatWereMeasured) {
  PlanRequest request = guide_request();
  request.points = {{32, 900 * kMiB}, {64, 1500 * kMiB}};
  request.memories[0].executor = fit_memory_line(request.points);
  EXPECT_THAT(plan_html(request),
              AllOf(HasSubstr("64 windows: 1.46 GiB measured"), HasSubstr("through 2 points")));
}

TEST(PlanPageTest, EveryMemoryHasItsFigures) {
  PlanRequest request = guide_request();
  request.memories.push_back({"host", 25'000'000'000, {2'000'000'000, 0}});
  EXPECT_THAT(
      plan_html(request),
      AllOf(HasSubstr("Who shares the device memory"), HasSubstr("any size"),
            HasSubstr("Who shares the host memory"), HasSubstr("Figure 3."),
            Not(HasSubstr("Figure 4.")), HasSubstr("1.86\u00A0GiB whatever the batch size")));
}

TEST(PlanPageTest, WhereNoSizeIsSafeItSaysSo) {
  PlanRequest request = guide_request();
  request.batch_sizes = {68};
  EXPECT_THAT(plan_html(request),
              AllOf(HasSubstr("no batch size is safe"), HasSubstr("at 68 windows"),
                    HasSubstr("<dd>none</dd>"), HasSubstr("tight")));
}

TEST(PlanPageTest, AThousandSizesAndExecutorsAreOnePage) {
  PlanRequest request = guide_request(20);
  request.batch_sizes.clear();
  for (std::size_t size = 1; size <= 1000; ++size) request.batch_sizes.push_back(size);
  const std::string html = plan_html(request);
  EXPECT_THAT(html, AllOf(HasSubstr("Drawn are 12 sizes"), HasSubstr("20 executors, each: base")));
  EXPECT_LT(html.size(), 300'000U);
}

TEST(PlanPageTest, TheLargestFiguresThereCanBe) {
  PlanRequest request;
  request.memories = {{"device", kMostBytes - 1, {1000, 1}}};
  request.executors = kMostExecutors;
  request.batch_sizes = {1, kMostBatchSize};
  EXPECT_THAT(plan_html(request), AllOf(HasSubstr("16,777,216"), Not(HasSubstr("inf"))));
}

Json tune_json() {
  return {{"base_bytes", 50 * kMiB},
          {"window_bytes", kMiB / 4},
          {"fit_error", 0.013},
          {"points",
           {{{"batch_size", 64}, {"bytes", 66 * kMiB}, {"windows_per_second", 3230.4}},
            {{"batch_size", 8}, {"bytes", 52 * kMiB}, {"windows_per_second", 1400}},
            {{"batch_size", 512}, {"bytes", nullptr}, {"windows_per_second", nullptr}}}},
          {"prediction_batch_size", 64},
          {"reason", "64 is the fastest & <safe>."}};
}

TEST(TunePageTest, SaysWhatWasMeasuredAndChosen) {
  EXPECT_THAT(
      tune_page(tune_json(), "skol tune model.skol"),
      AllOf(HasSubstr("Tuning: 64 windows a prediction call"), HasSubstr("<dd>3,230</dd>"),
            HasSubstr("<dd>66.0 MiB</dd>"), HasSubstr("64 is the fastest &amp; &lt;safe&gt;."),
            HasSubstr("1.3\u00A0%"), HasSubstr("8 windows: 1,400 windows a second"),
            HasSubstr("not measured"), HasSubstr("chosen: 64")));
}

TEST(TunePageTest, NothingMeasuredIsAPageToo) {
  Json json = tune_json();
  json["points"] = Json::array();
  json["prediction_batch_size"] = nullptr;
  EXPECT_THAT(tune_page(json), AllOf(HasSubstr("No speed was measured."),
                                     HasSubstr("no batch size was chosen"), Not(HasSubstr("nan"))));
}

TEST(TunePageTest, ABudgetIsALimit) {
  Json json = tune_json();
  json["budget_bytes"] = 100 * kMiB;
  EXPECT_THAT(tune_page(json), HasSubstr("budget: 100 MiB"));
}

TEST(TunePageTest, TheLargestFiguresThereCanBe) {
  Json json = tune_json();
  json["points"][0] = {
      {"batch_size", kMostBytes}, {"bytes", kMostBytes}, {"windows_per_second", 1e300}};
  json["window_bytes"] = kMostBytes;
  json["base_bytes"] = kMostBytes;
  EXPECT_THAT(tune_page(json), AllOf(Not(HasSubstr("nan")), Not(HasSubstr("\"inf"))));
}

TEST(TunePageTest, OtherJsonIsNamed) {
  const auto error_of = [](const Json& json) -> std::string {
    try {
      tune_page(json);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kParameter);
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  };
  EXPECT_THAT(error_of(Json::object()), HasSubstr("'base_bytes'"));
  EXPECT_THAT(error_of(Json::array()), HasSubstr("'base_bytes'"));
  for (const Json& wrong : {Json(-1), Json("1"), Json(1.5), Json(true), Json(1e300)}) {
    Json json = tune_json();
    json["points"][1]["batch_size"] = wrong;
    EXPECT_THAT(error_of(json), AllOf(HasSubstr("'batch_size'"), HasSubstr(wrong.dump())));
  }
  Json json = tune_json();
  json["points"] = "many";
  EXPECT_THAT(error_of(json), HasSubstr("a list under 'points'"));
}

Json run_json() {
  PredictionReport report;
  report.stats.documents = 6;
  report.stats.lines = 1838;
  report.stats.blank_lines = 322;
  report.stats.windows = 129;
  report.stats.predict_calls = 3;
  report.stats.calls_by_windows = {{64, 2}, {1, 1}};
  report.stats.batch_sizes = {64};
  report.stats.workspace_bytes = 2 * kMiB;
  report.seconds = 0.5;
  report.peak_bytes = 10 * kMiB;
  return prediction_report(report);
}

TEST(PredictionPageTest, SaysWhatARunDid) {
  EXPECT_THAT(
      prediction_page(run_json(), "skol predict m x"),
      AllOf(HasSubstr("Prediction: 1,838 lines of 6 documents"), HasSubstr("<dd>3,032</dd>"),
            HasSubstr("322 of them blank"), HasSubstr("scratch of all threads: 2.00 MiB"),
            HasSubstr("No budget was set"),
            HasSubstr("129 windows in 3 calls: on average 43.0 a call."),
            HasSubstr("Memory was never short."), HasSubstr("<dt>prediction calls</dt>"),
            HasSubstr("2 calls of 63 to 64 windows of a call"), Not(HasSubstr("partition"))));
}

TEST(PredictionPageTest, ShortMemoryIsTold) {
  Json json = run_json();
  json["batch_sizes"] = {64, 32, 64};
  json["reductions"] = 1;
  json["budget_bytes"] = 8 * kMiB;
  EXPECT_THAT(prediction_page(json),
              AllOf(HasSubstr("in force: 64, 32, 64. Memory was short 1 time"),
                    HasSubstr("125.0 % of the budget"), HasSubstr("budget: 8.00 MiB")));
}

TEST(PredictionPageTest, OneOfAKindIsSaidOfOne) {
  Json json = run_json();
  json["predict_calls"] = 1;
  json["reason"] = "prediction_batch_size auto -> 48: the fastest";
  EXPECT_THAT(prediction_page(json), AllOf(HasSubstr("<dt>prediction call</dt>"),
                                           HasSubstr("auto -&gt; 48: the fastest")));
  json.erase("reason");
  EXPECT_THAT(prediction_page(json), Not(HasSubstr("the fastest")));
}

TEST(PredictionPageTest, ARunOfNothingIsAPageToo) {
  EXPECT_THAT(prediction_page(prediction_report({})),
              AllOf(HasSubstr("0 lines of 0 documents"), HasSubstr("No window was predicted."),
                    Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
}

TEST(PredictionPageTest, NoStatisticsOfSparkConnect) {
  EXPECT_THAT(prediction_page(Json::object()), HasSubstr("Spark Connect brings none"));
}

Json partition_json(std::size_t number, double started, double ended) {
  Json json = run_json();
  json["partition"] = number;
  json["started"] = started;
  json["ended"] = ended;
  return json;
}

TEST(PredictionPageTest, PartitionsAreShownOverTime) {
  Json json = run_json();
  json["partitions"] = {partition_json(0, 1.7e9, 1.7e9 + 2),
                        partition_json(1, 1.7e9 + 1, 1.7e9 + 4)};
  EXPECT_THAT(prediction_page(json),
              AllOf(HasSubstr("2 partitions"), HasSubstr("<dd>4.00 s</dd>"),
                    HasSubstr("partition 1: 3.00 s, 0.50 of them labelling"),
                    HasSubstr("Figure 3."), HasSubstr("the largest worker")));
}

TEST(PredictionPageTest, PartitionsWithoutTimesAndWithAClockSetBack) {
  Json json = run_json();
  json["partitions"] = {partition_json(0, 1.7e9, 1.6e9)};
  EXPECT_THAT(prediction_page(json), Not(HasSubstr("nan")));
  json["partitions"][0].erase("started");
  EXPECT_THAT(prediction_page(json), HasSubstr("When they began and ended is not among"));
}

TEST(PredictionPageTest, SparkIsLazy) {
  Json json = prediction_report({});
  json["partitions"] = Json::array();
  EXPECT_THAT(prediction_page(json), HasSubstr("Nothing has run yet"));
  json["partitions"] = {partition_json(0, 1.7e9, 1.7e9 + 1)};
  EXPECT_THAT(prediction_page(json), Not(HasSubstr("Nothing has run yet")));
}

TEST(PredictionPageTest, TheTableOfPartitionsHasTheLongest) {
  Json json = run_json();
  json["partitions"] = Json::array();
  for (std::size_t i = 0; i < 1000; ++i) {
    json["partitions"].push_back(partition_json(i, 1.7e9, 1.7e9 + static_cast<double>(i)));
  }
  EXPECT_THAT(
      prediction_page(json),
      AllOf(HasSubstr("The 20 partitions of 1,000 that took longest"),
            HasSubstr("<th scope=\"row\">999</th>"), Not(HasSubstr("<th scope=\"row\">979</th>"))));
}

}  // namespace
}  // namespace skol
