// SPDX-License-Identifier: Apache-2.0
#include "training/class_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "skol/error.h"

namespace skol {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Counts = std::vector<std::uint64_t>;

// 120 lines of four labels: raw weights 0.375, 1.5, 3 and 3.
Counts counts_of_four_labels() {
  return {80, 20, 10, 10};
}

TEST(ClassWeights, AreOneWithoutAStrategy) {
  EXPECT_THAT(class_weights(counts_of_four_labels(), WeightStrategy::kNone),
              ElementsAre(1, 1, 1, 1));
}

TEST(ClassWeights, BalanceLabelsByTheirShareOfLines) {
  EXPECT_THAT(class_weights(counts_of_four_labels(), WeightStrategy::kBalanced),
              ElementsAre(DoubleEq(0.375), DoubleEq(1.5), DoubleEq(3), DoubleEq(3)));
}

TEST(ClassWeights, ScaleTheInverseToTheRange) {
  const double middle = 0.1 + (1.5 - 0.375) / (3 - 0.375) * (100 - 0.1);
  EXPECT_THAT(class_weights(counts_of_four_labels(), WeightStrategy::kInverse),
              ElementsAre(0.1, DoubleEq(middle), 100, 100));
  EXPECT_THAT(class_weights(Counts{3, 1}, WeightStrategy::kInverse, {1, 5}), ElementsAre(1, 5));
}

TEST(ClassWeights, ScaleTheSquareWhereAggressive) {
  const double least = 0.375 * 0.375;
  const double middle = 0.1 + (1.5 * 1.5 - least) / (3 * 3 - least) * (100 - 0.1);
  EXPECT_THAT(class_weights(counts_of_four_labels(), WeightStrategy::kAggressive),
              ElementsAre(0.1, DoubleEq(middle), 100, 100));
}

TEST(ClassWeights, OfEquallyFrequentLabelsAreTheMiddleOfTheRange) {
  for (const auto strategy : {WeightStrategy::kInverse, WeightStrategy::kAggressive}) {
    EXPECT_THAT(class_weights(Counts{7, 7}, strategy),
                ElementsAre(DoubleEq(50.05), DoubleEq(50.05)));
    EXPECT_THAT(class_weights(Counts{7}, strategy, {1, 2}), ElementsAre(1.5));
  }
  EXPECT_THAT(class_weights(Counts{7, 7}, WeightStrategy::kBalanced), ElementsAre(1, 1));
}

TEST(ClassWeights, TakeNoNoticeOfLabelsWithoutLines) {
  for (const auto strategy :
       {WeightStrategy::kBalanced, WeightStrategy::kInverse, WeightStrategy::kAggressive}) {
    const auto with = class_weights(Counts{80, 0, 20, 10}, strategy);
    const auto without = class_weights(Counts{80, 20, 10}, strategy);
    EXPECT_THAT(with, ElementsAre(without[0], 1, without[1], without[2]));
  }
  EXPECT_THAT(class_weights(Counts{0, 0}, WeightStrategy::kInverse), ElementsAre(1, 1));
  EXPECT_THAT(class_weights(Counts{}, WeightStrategy::kBalanced), IsEmpty());
}

TEST(ClassWeights, RefuseARangeThatIsNone) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const WeightRange range : {WeightRange{2, 1}, WeightRange{-1, 1}, WeightRange{1, infinity},
                                  WeightRange{std::nan(""), 1}}) {
    try {
      class_weights(counts_of_four_labels(), WeightStrategy::kInverse, range);
      ADD_FAILURE() << "accepted " << range.min_weight << " to " << range.max_weight;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kParameter);
      EXPECT_THAT(error.what(), HasSubstr("min_weight"));
    }
  }
}

TEST(WeightStrategy, IsParsedFromItsName) {
  EXPECT_EQ(parse_weight_strategy("none"), WeightStrategy::kNone);
  EXPECT_EQ(parse_weight_strategy("balanced"), WeightStrategy::kBalanced);
  EXPECT_EQ(parse_weight_strategy("inverse"), WeightStrategy::kInverse);
  EXPECT_EQ(parse_weight_strategy("aggressive"), WeightStrategy::kAggressive);
}

TEST(WeightStrategy, OffersTheNearestNameForAnUnknownOne) {
  const auto refusal = [](std::string_view name) -> std::string {
    try {
      parse_weight_strategy(name);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kParameter);
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(refusal("ballanced"), HasSubstr("did you mean balanced?"));
  EXPECT_THAT(refusal("Inverse"), HasSubstr("'Inverse', expected none, balanced"));
  EXPECT_THAT(refusal("agressiv"), HasSubstr("did you mean aggressive?"));
  EXPECT_THAT(refusal(""), HasSubstr("did you mean none?"));
}

TEST(ClassWeights, AreTakenByNameWhereTheUserNamesThem) {
  EXPECT_FALSE(names_weights("balanced"));
  ASSERT_TRUE(names_weights("A=2,B=0.5"));
  EXPECT_THAT(parse_named_weights("A=2,B=0.5"),
              ElementsAre(testing::Pair("A", 2), testing::Pair("B", 0.5)));
}

TEST(ClassWeights, RefuseNamedWeightsThatAreNone) {
  for (const char* text : {"A=", "=2", "A=x", "A=-1", "A=inf", "A=1,,B=2", "A=1,A=2", "A=1,B"}) {
    EXPECT_THROW(parse_named_weights(text), Error) << text;
  }
}

}  // namespace
}  // namespace skol
