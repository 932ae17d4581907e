// SPDX-License-Identifier: Apache-2.0
#include "cli/models_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "model/tuning_record_testing.h"

namespace skol {
namespace {

using Json = nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ModelListing listing_of(const std::vector<std::string>& names) {
  ModelListing listing;
  listing.store = "models";
  ModelDescription about;
  about.labels = {"A", "B"};
  about.options.window_size = 50;
  about.options.prediction_stride = 25;
  about.prediction_batch_size = 64;
  about.created = "2026-11-23T19:41:52Z";
  for (const std::string& name : names) listing.models.push_back({name, 1536, about});
  return listing;
}

// Characters, not bytes.
std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    std::size_t width = 0;
    for (const char byte : line) width += (static_cast<unsigned char>(byte) & 0xc0U) != 0x80;
    widest = std::max(widest, width);
  }
  return widest;
}

TEST(ModelListing, HasTheKeysScriptsRelyOn) {
  const Json json = Json::parse(listing_json(listing_of({"m"})));
  const Json& model = json["models"].at(0);
  EXPECT_EQ(model["name"], "m");
  EXPECT_EQ(model["bytes"], 1536);
  EXPECT_EQ(model["labels"], Json::parse(R"(["A","B"])"));
  EXPECT_EQ(model["window_size"], 50);
  EXPECT_EQ(model["prediction_stride"], 25);
  EXPECT_EQ(model["prediction_batch_size"], 64);
  EXPECT_EQ(model["created"], "2026-11-23T19:41:52Z");
  EXPECT_TRUE(model["tuned"].is_object());
  EXPECT_EQ(json["skipped"], 0);
}

TEST(ModelListing, SaysInShortHowAModelWasTuned) {
  ModelListing listing = listing_of({"plain", "tuned"});
  listing.models[1].description.tuned = sample_record();
  const Json models = Json::parse(listing_json(listing))["models"];
  EXPECT_EQ(models[0]["tuned"], Json::object());
  EXPECT_EQ(
      models[1]["tuned"],
      Json::parse(R"-({"prediction_batch_size":32,"date":"2026-11-23T19:41:52Z","hardware":{)-"
                  R"-("processor":"AMD EPYC (family 25, model 17)","cores":2,)-"
                  R"-("target":"avx512","memory_bytes":8237731840},)-"
                  R"-("device":"cpu","precision":"fp32"})-"));
}

TEST(ModelListing, NamesSomeAndCountsAllThatAreNoModels) {
  ModelListing listing = listing_of({});
  EXPECT_EQ(others_line(listing), "");
  listing.others.push_back({"one", "why"});
  EXPECT_EQ(others_line(listing), "1 entry is not a model: 'one'");
  for (int i = 0; i < 1999; ++i) listing.others.push_back({"n" + std::to_string(i), "why"});
  EXPECT_EQ(others_line(listing), "2,000 entries are not models: 'one', 'n0', 'n1', ...");
  const Json json = Json::parse(listing_json(listing));
  EXPECT_EQ(json["skipped"], 2000);
  EXPECT_EQ(json["not_models"].size(), kMostOthers);
  EXPECT_EQ(json["not_models"].at(0), Json::parse(R"({"name":"one","reason":"why"})"));
}

TEST(ModelListing, IsATableOfALineAModel) {
  EXPECT_EQ(listing_table(listing_of({"m.skol"}), {}),
            "name         size  labels    window  batch     created\n"
            "m.skol    1.5 KiB       2     50/25     64  2026-11-23\n");
  EXPECT_EQ(listing_table(listing_of({}), {}), "no models in 'models'\n");
}

TEST(ModelListing, FitsTheColumnsWhateverTheNames) {
  std::string umlauts;
  for (int i = 0; i < 70; ++i) umlauts += "\xC3\xBC";
  const std::string table = listing_table(
      listing_of({std::string(500, 'x') + "_v2", umlauts, "a\nb\x1b[31m", "\xff\xfe"}), {});
  EXPECT_LE(widest_line(table), 80U);
  EXPECT_THAT(table, AllOf(HasSubstr("xx.."), HasSubstr("x_v2 "), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(std::ranges::count(table, '\n'), 5);
}

}  // namespace
}  // namespace skol
