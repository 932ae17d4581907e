// SPDX-License-Identifier: Apache-2.0
#include "model/tuned_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "model/tuning_record_testing.h"
#include "skol/error.h"

namespace skol {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

// What reading complains of once `change` was made to a good record; empty where it does not.
std::string complaint(const std::function<void(json&)>& change) {
  json record = tuned_json(sample_record());
  change(record);
  try {
    tuned_from_json(json::parse(record.dump()));
    return "";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_TRUE(error.kind() == ErrorKind::kModel || error.kind() == ErrorKind::kParameter);
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_LT(message.size(), 200U) << message;
    return message;
  }
}

std::string complaint_of(const char* pointer, const json& value) {
  return complaint([&](json& record) { record[json::json_pointer(pointer)] = value; });
}

TEST(TunedJson, HasTheKeysScriptsRelyOnInTheOrderOfAPlan) {
  EXPECT_EQ(tuned_json(sample_record()).dump(),
            R"({"base_bytes":30000000,"window_bytes":250000,"fit_error":0.0125,"points":[)"
            R"({"batch_size":1,"bytes":30250000,"windows_per_second":410.5},)"
            R"({"batch_size":32,"bytes":38100000,"windows_per_second":2400.0},)"
            R"({"batch_size":64,"bytes":46000000,"windows_per_second":2480.25}],)"
            R"("prediction_batch_size":32,)"
            R"("reason":"the smallest size within 5 % of the fastest",)"
            R"("date":"2026-11-23T19:41:52Z",)"
            R"-("hardware":{"processor":"AMD EPYC (family 25, model 17)","cores":2,)-"
            R"("target":"avx512","memory_bytes":8237731840},"device":"cpu","precision":"fp32"})");
}

TEST(TunedJson, ReadsBackAsItWas) {
  const auto written = tuned_json(sample_record());
  EXPECT_EQ(tuned_json(tuned_from_json(written)), written);
}

TEST(TunedJson, PassesOverWhatALaterSkolMayAdd) {
  EXPECT_EQ(complaint_of("/energy_joules", 12.5), "");
  EXPECT_EQ(complaint_of("/hardware/gpu", "none"), "");
  EXPECT_EQ(complaint_of("/points/0/seconds", 3), "");
}

TEST(TunedJson, NamesWhatIsMissing) {
  const json whole = tuned_json(sample_record());
  for (const auto& [name, value] : whole.items()) {
    const std::string key = name;
    EXPECT_THAT(complaint([&](json& record) { record.erase(key); }), HasSubstr("no " + key));
  }
  EXPECT_THAT(complaint([](json& record) { record["hardware"].erase("cores"); }),
              HasSubstr("no cores"));
  EXPECT_THAT(complaint([](json& record) { record["points"][1].erase("bytes"); }),
              HasSubstr("no bytes"));
}

TEST(TunedJson, TakesNothingOfAnotherType) {
  for (const char* whole :
       {"/base_bytes", "/window_bytes", "/prediction_batch_size", "/hardware/cores",
        "/hardware/memory_bytes", "/points/0/batch_size", "/points/0/bytes"}) {
    const std::string name = std::string(whole).substr(std::string(whole).rfind('/') + 1);
    for (const json& wrong : {json(-1), json(1.5), json(true), json("1"), json(nullptr),
                              json::array({1}), json::object()}) {
      EXPECT_THAT(complaint_of(whole, wrong), AllOf(HasSubstr(name), HasSubstr("whole number")));
    }
  }
  for (const char* number : {"/fit_error", "/points/0/windows_per_second"}) {
    EXPECT_THAT(complaint_of(number, "0.1"), HasSubstr("a number"));
    EXPECT_THAT(complaint_of(number, nullptr), HasSubstr("a number"));
  }
  for (const char* text :
       {"/reason", "/date", "/hardware/processor", "/hardware/target", "/device", "/precision"}) {
    EXPECT_THAT(complaint_of(text, 7), HasSubstr("expected a text"));
  }
  EXPECT_THAT(complaint_of("/points", "many"), HasSubstr("expected an array"));
  EXPECT_THAT(complaint_of("/points/0", 3), HasSubstr("expected an object"));
  EXPECT_THAT(complaint_of("/hardware", "mine"), HasSubstr("expected an object"));
  EXPECT_THROW(tuned_from_json(json::array()), Error);
}

TEST(TunedJson, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(complaint_of("/base_bytes", 1ULL << 60), HasSubstr("base_bytes"));
  EXPECT_THAT(complaint_of("/window_bytes", 1ULL << 60), HasSubstr("window_bytes"));
  EXPECT_THAT(complaint_of("/fit_error", -0.5), HasSubstr("fit_error is -0.5"));
  EXPECT_THAT(complaint_of("/prediction_batch_size", 0), HasSubstr("prediction_batch_size is 0"));
  EXPECT_THAT(complaint_of("/prediction_batch_size", (1 << 24) + 1), HasSubstr("16777217"));
  EXPECT_THAT(complaint_of("/hardware/cores", 0), HasSubstr("cores is 0"));
  EXPECT_THAT(complaint_of("/hardware/cores", 1 << 20), HasSubstr("cores"));
  EXPECT_THAT(complaint_of("/hardware/memory_bytes", 1ULL << 60), HasSubstr("memory_bytes"));
  EXPECT_THAT(complaint_of("/points/0/batch_size", 0), HasSubstr("batch_size of a point is 0"));
  EXPECT_THAT(complaint_of("/points/0/windows_per_second", -1), HasSubstr("windows_per_second"));
  EXPECT_THAT(complaint_of("/points/1/batch_size", 1), HasSubstr("1 after 1"));
  EXPECT_THAT(complaint_of("/reason", std::string(kMostTunedText + 1, 'x')), HasSubstr("4097"));
}

TEST(TunedJson, HoldsSoManyPointsAndNoMore) {
  const auto points = [](std::size_t count) {
    json out = json::array();
    for (std::size_t i = 1; i <= count; ++i) {
      out.push_back({{"batch_size", i}, {"bytes", 1}, {"windows_per_second", 1}});
    }
    return out;
  };
  EXPECT_EQ(complaint_of("/points", points(kMostTunedPoints)), "");
  EXPECT_EQ(complaint_of("/points", json::array()), "");
  EXPECT_THAT(complaint_of("/points", points(kMostTunedPoints + 1)), HasSubstr("257"));
  EXPECT_THAT(complaint_of("/points", json(std::vector<int>(1'000'000, 1))), HasSubstr("1000000"));
}

TEST(TuningRecord, HoldsUtf8AndFiniteNumbersOnly) {
  TuningRecord record = sample_record();
  check(record);
  record.reason = "\xff\x1b[31m";
  EXPECT_THROW(check(record), Error);
  record = sample_record();
  record.fit_error = INFINITY;
  EXPECT_THROW(check(record), Error);
  record = sample_record();
  record.points[0].windows_per_second = NAN;
  EXPECT_THROW(check(record), Error);
}

}  // namespace
}  // namespace skol
