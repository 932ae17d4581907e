// SPDX-License-Identifier: Apache-2.0
// The charts as the strings they are; a browser looks at them in tests/cli.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/bar_charts.h"
#include "report/line_chart.h"
#include "report/page_style.h"
#include "report/timeline_chart.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

LineChart line_chart(std::size_t points) {
  LineChart chart;
  chart.title = "memory";
  chart.x = {"batch size", Unit::kCount};
  chart.y = {"bytes", Unit::kBinaryBytes};
  chart.series = {{"line", "memory", Mark::kLine, {}}, {"measured", "measured", Mark::kPoints, {}}};
  for (std::size_t i = 0; i < points; ++i) {
    const auto x = static_cast<double>(i + 1);
    for (Series& series : chart.series) series.points.push_back({x, 1000 + 10 * x, "a point"});
  }
  return chart;
}

TEST(LineChartTest, DrawsALineAndItsPoints) {
  const std::string svg = line_chart_svg(line_chart(3), kWideChart);
  EXPECT_THAT(svg, AllOf(StartsWith("<svg "), HasSubstr("role=\"img\""),
                         HasSubstr("<title>memory</title>"), HasSubstr("batch size")));
  EXPECT_EQ(times(svg, "<polyline"), 1U);
  EXPECT_EQ(times(svg, "<title>a point</title>"), 3U);
}

TEST(LineChartTest, NoPointAndOnePointAreCharts) {
  for (const std::size_t points : {0, 1}) {
    const std::string svg = line_chart_svg(line_chart(points), kNarrowChart);
    EXPECT_EQ(times(svg, "<polyline"), 0U);
    EXPECT_EQ(times(svg, "<title>a point</title>"), points);
    EXPECT_THAT(svg, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
  }
}

TEST(LineChartTest, TenThousandPointsTakeNoMoreRoomThanThePicture) {
  const std::string svg = line_chart_svg(line_chart(10'000), kNarrowChart);
  EXPECT_LT(times(svg, "<circle"), 400U);
  EXPECT_LT(svg.size(), 60'000U);
}

TEST(LineChartTest, ThinningALineKeepsItsExtremes) {
  LineChart chart = line_chart(0);
  for (std::size_t i = 0; i < 50'000; ++i) {
    chart.series[0].points.push_back({static_cast<double>(i), i == 25'000 ? 2000.0 : 1000.0, ""});
  }
  const std::string thinned = line_chart_svg(chart, kWideChart);
  const std::string line = thinned.substr(thinned.find("<polyline"));
  EXPECT_LT(times(line, ","), 4 * kWideChart + 1);
  // Of 50,000 points one is at another height, and only it.
  const auto height = [&](std::size_t point) {
    chart.series[0].points = {{0, 2000, ""}, {49'999, 1000, ""}};
    const std::string svg = line_chart_svg(chart, kWideChart);
    const std::size_t begin = svg.find("points=\"") + 8;
    const std::string places = svg.substr(begin, svg.find(" \"", begin) - begin);
    const std::size_t from = point == 0 ? places.find(',') : places.rfind(',');
    return places.substr(from, places.find(' ', from) - from) + " ";
  };
  EXPECT_EQ(times(line, height(0)), 1U);
  EXPECT_GT(times(line, height(1)), 1U);
}

TEST(LineChartTest, ALimitFarAboveIsNamedAndNotDrawn) {
  LineChart chart = line_chart(3);
  chart.limits = {{"near", "limit", 1100}, {"far", "limit", 1e6}};
  const std::string svg = line_chart_svg(chart, kWideChart);
  EXPECT_THAT(svg, AllOf(HasSubstr(">near<"), HasSubstr(">far, above the picture<")));
  EXPECT_EQ(times(svg, "class=\"limit\""), 3U);  // two in the legend, one in the picture
}

TEST(LineChartTest, TextsAreEscaped) {
  LineChart chart = line_chart(1);
  chart.title = chart.x.title = chart.y.title = chart.series[0].name = "</svg><script>";
  chart.series[1].points[0].title = "<&\"'";
  chart.choice = Choice{"<b>", "<i>", 2};
  const std::string svg = line_chart_svg(chart, kWideChart);
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<b>")), Not(HasSubstr("<i>")),
                         HasSubstr("&lt;&amp;&quot;&#39;")));
}

StackedBars bars(std::vector<double> amounts) {
  StackedBars chart;
  chart.x = {"memory", Unit::kNumber};
  for (const double amount : amounts) {
    chart.bars.push_back({"a bar", "words", "safe", false, {{"fixed", amount, "part"}}});
  }
  chart.limits = {{"all", "limit", 100}};
  return chart;
}

TEST(StackedBarsTest, ABarFarBeyondTheLimitIsCut) {
  EXPECT_THAT(stacked_bars_svg(bars({50, 150}), kWideChart), Not(HasSubstr("class=\"cut\"")));
  const std::string svg = stacked_bars_svg(bars({50, 1e9}), kWideChart);
  EXPECT_EQ(times(svg, "class=\"cut\""), 2U);
  EXPECT_THAT(svg, HasSubstr(">200<"));
}

TEST(StackedBarsTest, TheLimitIsInThePictureWhateverTheBars) {
  for (const double width : {kNarrowChart, kWideChart}) {
    const std::string svg = stacked_bars_svg(bars({0}), width);
    EXPECT_THAT(svg, HasSubstr(">100<"));
    EXPECT_EQ(times(svg, "<title>part</title>"), 0U);
  }
}

std::string histogram(std::map<std::size_t, std::size_t> counts, double width = kWideChart) {
  return histogram_svg({"calls", "", "windows of a call", "calls", "call", std::move(counts)},
                       width);
}

TEST(HistogramTest, ABarForEachNumberWhereTheyAreFew) {
  const std::string svg = histogram({{8, 29}, {3, 1}});
  EXPECT_THAT(svg, AllOf(HasSubstr("<title>29 calls of 8 windows of a call</title>"),
                         HasSubstr("<title>1 call of 3 windows of a call</title>"),
                         HasSubstr(">29</text>")));
  EXPECT_EQ(times(svg, "<rect"), 2U);
}

TEST(HistogramTest, NeighboursShareABarWhereTheyAreMany) {
  const std::string svg = histogram({{4096, 2}, {4000, 1}, {1, 5}});
  EXPECT_THAT(svg, AllOf(HasSubstr("<title>3 calls of 3,969 to 4,096 windows of a call</title>"),
                         HasSubstr("<title>5 calls of 1 to 128 windows of a call</title>")));
}

TEST(HistogramTest, LabelsAreLeftOutWhereTheyWouldMeet) {
  std::map<std::size_t, std::size_t> counts;
  for (std::size_t i = 1; i <= 64; ++i) counts[i] = 12345;
  EXPECT_THAT(histogram(counts, kNarrowChart), Not(HasSubstr(">24,690</text>")));
}

TEST(HistogramTest, NothingIsAChartToo) {
  EXPECT_EQ(times(histogram({}), "<rect"), 0U);
}

Timeline timeline(std::size_t spans, double apart) {
  Timeline chart;
  chart.busy = "labelling";
  chart.idle = "waiting";
  for (std::size_t i = 0; i < spans; ++i) {
    const double begin = apart * static_cast<double>(i);
    chart.spans.push_back({"partition " + std::to_string(i), begin, begin + 2, 1, "title"});
  }
  return chart;
}

TEST(TimelineTest, AFewSpansHaveARowEachWithTheirNames) {
  const std::string svg = timeline_svg(timeline(3, 1), kWideChart);
  EXPECT_THAT(svg, AllOf(HasSubstr("partition 0"), HasSubstr("partition 2"), HasSubstr("waiting")));
  EXPECT_EQ(times(svg, "class=\"growing\""), 4U);  // and one in the legend
}

TEST(TimelineTest, ManySpansShareAsManyRowsAsRanAtATime) {
  const std::string svg = timeline_svg(timeline(50, 1), kWideChart);
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("partition")), HasSubstr("running")));
  // Two at a time: two rows, so two heights at which bars begin.
  std::map<std::string, std::size_t> tops;
  for (std::size_t at = svg.find("<rect", svg.find("running")); at != svg.npos;
       at = svg.find("<rect", at + 1)) {
    const std::size_t y = svg.find(" y=\"", at) + 4;
    ++tops[svg.substr(y, svg.find('"', y) - y)];
  }
  EXPECT_EQ(tops.size(), 2U);
}

TEST(TimelineTest, TenThousandSpansTakeNoMoreRoomThanThePicture) {
  EXPECT_LT(timeline_svg(timeline(10'000, 2), kNarrowChart).size(), 40'000U);
}

TEST(TimelineTest, SpansWithoutLengthAreSeen) {
  Timeline chart = timeline(1, 1);
  chart.spans[0].end = chart.spans[0].begin;
  EXPECT_THAT(timeline_svg(chart, kNarrowChart), Not(HasSubstr("nan")));
  EXPECT_THAT(timeline_svg({}, kNarrowChart), AllOf(StartsWith("<svg "), Not(HasSubstr("nan"))));
}

}  // namespace
}  // namespace skol
