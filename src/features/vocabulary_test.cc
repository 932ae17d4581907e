// SPDX-License-Identifier: Apache-2.0
#include "features/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skol {
namespace {

using testing::ElementsAre;

TEST(Vocabulary, FindsNothingWhileEmpty) {
  const Vocabulary vocabulary;
  EXPECT_EQ(vocabulary.size(), 0u);
  EXPECT_EQ(vocabulary.find("spore"), Vocabulary::kNotFound);
  EXPECT_EQ(vocabulary.find(""), Vocabulary::kNotFound);
}

TEST(Vocabulary, NumbersTermsInOrderOfInsertion) {
  Vocabulary vocabulary;
  EXPECT_EQ(vocabulary.insert("spore"), 0u);
  EXPECT_EQ(vocabulary.insert(""), 1u);
  EXPECT_EQ(vocabulary.insert("µm"), 2u);
  EXPECT_EQ(vocabulary.insert("spore"), 0u);
  EXPECT_EQ(vocabulary.find("µm"), 2u);
  EXPECT_EQ(vocabulary.find(""), 1u);
  EXPECT_EQ(vocabulary.find("spor"), Vocabulary::kNotFound);
  EXPECT_THAT(vocabulary.terms(), ElementsAre("spore", "", "µm"));
}

TEST(Vocabulary, TellsTermsWithNulApart) {
  Vocabulary vocabulary;
  EXPECT_EQ(vocabulary.insert(std::string_view("a\0b", 3)), 0u);
  EXPECT_EQ(vocabulary.find("a"), Vocabulary::kNotFound);
  EXPECT_EQ(vocabulary.find(std::string_view("a\0c", 3)), Vocabulary::kNotFound);
}

TEST(Vocabulary, FindsEveryTermOfManyWhileItGrows) {
  Vocabulary vocabulary;
  constexpr std::uint32_t kTerms = 100'000;
  for (std::uint32_t i = 0; i < kTerms; ++i) ASSERT_EQ(vocabulary.insert(std::to_string(i)), i);
  for (std::uint32_t i = 0; i < kTerms; ++i) ASSERT_EQ(vocabulary.find(std::to_string(i)), i);
  EXPECT_EQ(vocabulary.find(std::to_string(kTerms)), Vocabulary::kNotFound);
  EXPECT_EQ(vocabulary.term(4711), "4711");
}

TEST(Vocabulary, HoldsLongTerms) {
  Vocabulary vocabulary;
  const std::string long_term(1'000'000, 'x');
  vocabulary.insert("y");
  EXPECT_EQ(vocabulary.insert(long_term), 1u);
  EXPECT_EQ(vocabulary.find(long_term), 1u);
  EXPECT_EQ(vocabulary.find(std::string_view(long_term).substr(1)), Vocabulary::kNotFound);
}

}  // namespace
}  // namespace skol
