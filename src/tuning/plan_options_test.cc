// SPDX-License-Identifier: Apache-2.0
#include "tuning/plan_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

PlanRequest parse(const std::map<std::string, std::string>& given) {
  PlanOptions options;
  visit_plan_options(options, [&](const PlanOption& option, PlanOptions::Text& value) {
    if (given.contains(option.name)) value = given.at(option.name);
  });
  return parse_plan_options(options);
}

std::string message_for(const std::map<std::string, std::string>& given) {
  try {
    parse(given);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kParameter);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

using Given = std::map<std::string, std::string>;
const Given kLine = {{"base_memory", "250MB"}, {"window_memory", "20MB"}};

Given with(Given given, const Given& more) {
  given.insert(more.begin(), more.end());
  return given;
}

TEST(PlanOptionsTest, ALineAndADevice) {
  const PlanRequest request =
      parse(with(kLine, {{"device_memory", "6GB"}, {"executors", "4"}, {"batch_sizes", "32, 64"}}));
  ASSERT_EQ(request.memories.size(), 1U);
  EXPECT_EQ(request.memories[0].name, "device");
  EXPECT_EQ(request.memories[0].bytes, 6'000'000'000U);
  EXPECT_EQ(request.memories[0].executor.base_bytes, 250'000'000U);
  EXPECT_EQ(request.memories[0].executor.window_bytes, 20'000'000U);
  EXPECT_EQ(request.executors, 4U);
  EXPECT_THAT(request.batch_sizes, ElementsAre(32, 64));
  EXPECT_EQ(request.units, SizeUnits::kDecimal);
  EXPECT_EQ(request.windows, 0U);
}

TEST(PlanOptionsTest, PointsAreFitted) {
  const PlanRequest request = parse({{"points", "1=270MB,64=1530MB"}, {"device_memory", "6GiB"}});
  EXPECT_EQ(request.memories[0].executor.base_bytes, 250'000'000U);
  EXPECT_EQ(request.memories[0].executor.window_bytes, 20'000'000U);
  EXPECT_EQ(request.points.size(), 2U);
  EXPECT_EQ(request.executors, 1U);
}

TEST(PlanOptionsTest, TheHostComesAfterTheDevice) {
  const PlanRequest request = parse(with(kLine, {{"device_memory", "6GB"},
                                                 {"host_memory", "25GB"},
                                                 {"host_base_memory", "2GB"},
                                                 {"host_window_memory", "1MB"}}));
  ASSERT_EQ(request.memories.size(), 2U);
  EXPECT_EQ(request.memories[0].executor.base_bytes, 250'000'000U);
  EXPECT_EQ(request.memories[1].name, "host");
  EXPECT_EQ(request.memories[1].executor.base_bytes, 2'000'000'000U);
  EXPECT_EQ(request.memories[1].executor.window_bytes, 1'000'000U);
}

TEST(PlanOptionsTest, WithoutADeviceTheHostBearsAll) {
  const PlanRequest both =
      parse(with(kLine, {{"host_memory", "25GB"}, {"host_base_memory", "2GB"}}));
  ASSERT_EQ(both.memories.size(), 1U);
  EXPECT_EQ(both.memories[0].name, "host");
  EXPECT_EQ(both.memories[0].executor.base_bytes, 2'250'000'000U);
  EXPECT_EQ(both.memories[0].executor.window_bytes, 20'000'000U);
  const PlanRequest alone =
      parse({{"window_memory", "20MB"}, {"host_memory", "25GB"}, {"host_base_memory", "2GB"}});
  EXPECT_EQ(alone.memories[0].executor.base_bytes, 2'000'000'000U);
}

TEST(PlanOptionsTest, WhatIsMissingIsNamedWithWhatToGive) {
  EXPECT_THAT(message_for({}), StartsWith("base_memory is not given"));
  EXPECT_THAT(message_for({{"base_memory", "1GB"}}),
              AllOf(StartsWith("window_memory is not given"), HasSubstr("points")));
  EXPECT_THAT(message_for(kLine),
              AllOf(StartsWith("device_memory is not given"), HasSubstr("host_memory")));
  EXPECT_THAT(message_for(with(kLine, {{"device_memory", "6GB"}, {"host_memory", "9GB"}})),
              HasSubstr("host_base_memory"));
  EXPECT_THAT(message_for(with(kLine, {{"device_memory", "6GB"}, {"host_base_memory", "9GB"}})),
              StartsWith("host_base_memory is given without host_memory"));
  EXPECT_THAT(message_for({{"window_memory", "20MB"},
                           {"device_memory", "6GB"},
                           {"host_memory", "25GB"},
                           {"host_base_memory", "2GB"}}),
              StartsWith("base_memory is not given"));
}

TEST(PlanOptionsTest, PointsExcludeWhatTheyHold) {
  const Given points = {{"points", "1=1GB,2=2GB"}, {"host_memory", "25GB"}};
  EXPECT_THAT(message_for(with(points, {{"base_memory", "1GB"}})),
              StartsWith("points and base_memory exclude each other"));
  EXPECT_THAT(message_for(with(points, {{"window_memory", "1GB"}})),
              StartsWith("points and window_memory exclude each other"));
  EXPECT_THAT(message_for(with(points, {{"host_base_memory", "1GB"}})),
              HasSubstr("leave out host_base_memory"));
}

TEST(PlanOptionsTest, ValuesThatAreNoneAreNamed) {
  const Given good = with(kLine, {{"device_memory", "6GB"}});
  const std::map<std::string, std::vector<std::string>> bad = {
      {"executors", {"", "0", "-1", "1.5", "x", "65537", "99999999999999999999"}},
      {"batch_sizes", {"", "32,", ",32", "0", "32;64", "16777217"}},
      {"windows", {"", "0", "-1", "many"}},
      {"device_memory", {"", "0", "0GB", "6G", "80%", "-6GB"}},
      {"window_memory", {"", "0"}},
      {"base_memory", {"", "-1"}}};
  for (const auto& [name, values] : bad) {
    for (const std::string& value : values) {
      Given given = good;
      given[name] = value;
      EXPECT_THAT(message_for(given), AllOf(StartsWith(name + " is "), HasSubstr("expected")));
    }
  }
  for (const char* points :
       {"", "64", "64=", "=1GB", "64=0", "0=1GB", "x=1GB", "64=1GB", "64=1GB,", "64=1GB=2,3=1GB"}) {
    EXPECT_THAT(message_for({{"points", points}, {"device_memory", "6GB"}}),
                AllOf(StartsWith("points"), HasSubstr("expected")));
  }
}

TEST(PlanOptionsTest, AListHasABound) {
  std::string sizes = "1";
  for (int i = 0; i < 1000; ++i) sizes += ",1";
  EXPECT_THAT(message_for(with(kLine, {{"device_memory", "6GB"}, {"batch_sizes", sizes}})),
              HasSubstr("more than 1000"));
}

}  // namespace
}  // namespace skol
