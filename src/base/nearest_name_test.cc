// SPDX-License-Identifier: Apache-2.0
#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace skol {
namespace {

constexpr std::array<std::string_view, 4> kVerbs = {"train", "predict", "evaluate", "score"};

TEST(NearestName, IsTheNameItself) {
  for (const std::string_view verb : kVerbs) EXPECT_EQ(nearest_name(verb, kVerbs), verb);
}

TEST(NearestName, ForgivesLostAddedAndChangedLetters) {
  EXPECT_EQ(nearest_name("tain", kVerbs), "train");
  EXPECT_EQ(nearest_name("predicts", kVerbs), "predict");
  EXPECT_EQ(nearest_name("evoluate", kVerbs), "evaluate");
  EXPECT_EQ(nearest_name("socre", kVerbs), "score");
}

TEST(NearestName, KnowsANameByAPartOfIt) {
  constexpr std::array<std::string_view, 2> kOptions = {"--precision", "--prediction-batch-size"};
  EXPECT_EQ(nearest_name("--batchsize", kOptions), "--prediction-batch-size");
}

TEST(NearestName, IsTheFirstOfEquallyNearOnes) {
  constexpr std::array<std::string_view, 2> kPair = {"ab", "ac"};
  EXPECT_EQ(nearest_name("ad", kPair), "ab");
}

TEST(NearestName, IsFoundForEmptyAndHugeNames) {
  EXPECT_EQ(nearest_name("", kVerbs), "train");
  EXPECT_EQ(nearest_name(std::string(8'000'000, 'e'), kVerbs), "evaluate");
}

TEST(NearestName, IsNoneAmongNone) {
  EXPECT_EQ(nearest_name("epochs", {}), "");
}

}  // namespace
}  // namespace skol
