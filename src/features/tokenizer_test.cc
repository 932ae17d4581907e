// SPDX-License-Identifier: Apache-2.0
#include "features/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace skol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string_view> tokens(std::string_view line) {
  std::vector<std::string_view> result;
  for_each_token(line, [&](std::string_view token) { result.push_back(token); });
  return result;
}

TEST(Tokens, ArePartedByEachSingleSeparator) {
  EXPECT_THAT(tokens("a b\tc\nd\x0B"
                     "e\ff\rg"),
              ElementsAre("a", "b", "c", "d", "e", "f", "g"));
}

TEST(Tokens, KeepPunctuation) {
  EXPECT_THAT(tokens("spores (5.5–)7 µm;"), ElementsAre("spores", "(5.5–)7", "µm;"));
}

TEST(Tokens, KeepLeadingAndInnerEmptyOnes) {
  EXPECT_THAT(tokens("  a  b"), ElementsAre("", "", "a", "", "b"));
}

TEST(Tokens, DropTrailingEmptyOnes) {
  EXPECT_THAT(tokens("a b  \t"), ElementsAre("a", "b"));
}

TEST(Tokens, OfAnEmptyLineAreTheEmptyOne) {
  EXPECT_THAT(tokens(""), ElementsAre(""));
}

TEST(Tokens, OfALineOfSeparatorsAreNone) {
  EXPECT_THAT(tokens(" "), IsEmpty());
  EXPECT_THAT(tokens(" \t\r "), IsEmpty());
}

TEST(Tokens, AreNotPartedByOtherBlanksOrControls) {
  for (const std::string_view blank :
       {"\u00A0", "\u2028", "\u2029", "\u0085", "\u3000", "\u200B", "\x1C", "\x1F", "\x08"}) {
    const std::string line = std::string("a").append(blank).append("b");
    EXPECT_THAT(tokens(line), ElementsAre(line));
  }
  const std::string_view with_nul("a\0b", 3);
  EXPECT_THAT(tokens(with_nul), ElementsAre(with_nul));
}

TEST(Suffixes, AreTheLastTwoThreeAndFourCodePoints) {
  EXPECT_THAT(suffixes_of("sporis"), ElementsAre("is", "ris", "oris"));
  EXPECT_THAT(suffixes_of("äöüéñ"), ElementsAre("éñ", "üéñ", "öüéñ"));
  EXPECT_THAT(suffixes_of("a菌𐐨µ"), ElementsAre("𐐨µ", "菌𐐨µ", "a菌𐐨µ"));
}

TEST(Suffixes, AreTheWholeTokenWhereItIsShorter) {
  EXPECT_THAT(suffixes_of("abc"), ElementsAre("bc", "abc", "abc"));
  EXPECT_THAT(suffixes_of("ab"), ElementsAre("ab", "ab", "ab"));
  EXPECT_THAT(suffixes_of("µ"), ElementsAre("µ", "µ", "µ"));
  EXPECT_THAT(suffixes_of("a"), ElementsAre("a", "a", "a"));
  EXPECT_THAT(suffixes_of(""), ElementsAre("", "", ""));
}

TEST(Suffixes, OfBytesThatAreNotUtf8StayInsideTheToken) {
  EXPECT_THAT(suffixes_of("\x80\x80\x80"),
              ElementsAre("\x80\x80\x80", "\x80\x80\x80", "\x80\x80\x80"));
  EXPECT_THAT(suffixes_of("a\xFF\xFE"), ElementsAre("\xFF\xFE", "a\xFF\xFE", "a\xFF\xFE"));
}

}  // namespace
}  // namespace skol
