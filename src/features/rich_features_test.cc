// SPDX-License-Identifier: Apache-2.0
#include "features/rich_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "features/classified_lines.h"
#include "skol/error.h"

namespace skol {
namespace {

using Keys = std::set<std::uint64_t>;

Keys keys_of(std::string_view line, std::uint32_t groups, const BlockPlace& place = {}) {
  LineWords scratch;
  std::vector<std::uint64_t> keys;
  append_rich_features(line, place, groups, scratch, keys);
  return {keys.begin(), keys.end()};
}

std::size_t shared(const Keys& a, const Keys& b) {
  std::vector<std::uint64_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

TEST(RichFeatures, TellWordsWithCaseAndPunctuationFromPlainOnes) {
  EXPECT_EQ(keys_of("Agaricus", kLowerWords), keys_of("agaricus", kLowerWords));
  EXPECT_NE(keys_of("agaricus,", kLowerWords), keys_of("agaricus", kLowerWords));
  EXPECT_NE(keys_of("Agaricus", kCasedWords), keys_of("agaricus", kCasedWords));
  EXPECT_EQ(keys_of("(Agaricus),", kPlainWords), keys_of("agaricus", kPlainWords));
  EXPECT_TRUE(keys_of("-- ...", kPlainWords).empty());
}

TEST(RichFeatures, HavePrefixesAndSuffixesOfTwoToFourCodePointsShorterThanTheWord) {
  EXPECT_EQ(keys_of("ab", kPrefixes | kSuffixes).size(), 0u);
  EXPECT_EQ(keys_of("abc", kPrefixes | kSuffixes).size(), 2u);
  EXPECT_EQ(keys_of("abcde", kPrefixes).size(), 3u);
  EXPECT_EQ(shared(keys_of("spores", kPrefixes), keys_of("spotted", kPrefixes)), 2u);
  EXPECT_EQ(shared(keys_of("niger", kSuffixes), keys_of("tiger", kSuffixes)), 3u);
  EXPECT_EQ(keys_of("äöüß", kPrefixes).size(), 2u);  // code points, not bytes
  EXPECT_EQ(shared(keys_of("äöx", kPrefixes), keys_of("äöyz", kPrefixes)), 1u);
}

TEST(RichFeatures, HaveOneShapeForWordsBuiltAlike) {
  EXPECT_EQ(keys_of("Peck", kShapes), keys_of("Ücker", kShapes));
  EXPECT_EQ(keys_of("1895)", kShapes), keys_of("12)", kShapes));
  EXPECT_NE(keys_of("1895)", kShapes), keys_of("1895", kShapes));
  EXPECT_NE(keys_of("MYCOTAXON", kShapes), keys_of("Mycotaxon", kShapes));
}

// What is shared by lines built alike, of other words, and by no others.
TEST(RichFeatures, OfFormAreThoseThatWordsDoNotChange) {
  LineWords scratch;
  const auto form_of = [&](std::string_view line, const BlockPlace& place = {}) {
    std::vector<std::uint64_t> keys;
    append_form_features(line, place, kAllFeatureGroups, scratch, keys);
    return Keys(keys.begin(), keys.end());
  };
  const std::string_view line = "Agaricus albus Fr., Syst. 1: 13",
                         like = "Boletes edulis Qu., Ench. 7: 23";
  const Keys all = keys_of(line, kAllFeatureGroups), others = keys_of(like, kAllFeatureGroups);
  Keys both;
  std::set_intersection(all.begin(), all.end(), others.begin(), others.end(),
                        std::inserter(both, both.end()));
  EXPECT_EQ(form_of(line), form_of(like));
  EXPECT_EQ(form_of(line), both);
  EXPECT_NE(form_of(line), form_of(line, {.blanks_before = 2}));
}

TEST(RichFeatures, KnowTheEndsOfALineAndPairsOfWords) {
  EXPECT_NE(keys_of("sp nov", kEnds), keys_of("nov sp", kEnds));
  EXPECT_EQ(keys_of("sp nov", kLowerWords), keys_of("nov sp", kLowerWords));
  EXPECT_NE(keys_of("sp nov", kBigrams), keys_of("nov sp", kBigrams));
  EXPECT_TRUE(keys_of("nov", kBigrams).empty());
  EXPECT_EQ(shared(keys_of("a sp. nov.", kBigrams), keys_of("sp. nov. b", kBigrams)), 4u);
}

TEST(RichFeatures, KnowTheLayoutOfALineAndItsPlaceInTheText) {
  EXPECT_NE(keys_of("ab", kLineLayout), keys_of("                 ab", kLineLayout));
  EXPECT_NE(keys_of("ab", kLineLayout), keys_of("AB", kLineLayout));
  EXPECT_EQ(keys_of("ab", kBlockLayout).size(), 5u);
  EXPECT_NE(keys_of("ab", kBlockLayout, {1, 0, 0, 0}), keys_of("ab", kBlockLayout));
  EXPECT_EQ(keys_of("ab", kLineLayout, {1, 0, 0, 0}), keys_of("ab", kLineLayout));
}

TEST(RichFeatures, OfGroupsAreTheirUnion) {
  const std::string line = "Agaricus campestris L., Sp. Pl.: 1173 (1753)";
  Keys together;
  for (std::uint32_t group = 1; group < kAllFeatureGroups; group *= 2) {
    const Keys keys = keys_of(line, group);
    EXPECT_FALSE(keys.empty()) << group;
    EXPECT_EQ(shared(together, keys), 0u) << group;
    together.insert(keys.begin(), keys.end());
  }
  EXPECT_EQ(keys_of(line, kAllFeatureGroups), together);
}

TEST(RichFeatures, TakeAnyBytes) {
  for (const std::string line : {"\xff\xfe \xc3", "İ", "\x80\x80\x80", "a\0b c", " \t ", ""}) {
    keys_of(line, kAllFeatureGroups);
  }
  EXPECT_TRUE(keys_of(" \t ", kLowerWords | kEnds | kBigrams).empty());
  // Which letters of a word are lower case does not change where it ends.
  EXPECT_EQ(keys_of("İİİİ x", kPlainWords).size(), 2u);
}

TEST(RichFeatures, GroupsAreNamedInOptions) {
  EXPECT_EQ(parse_feature_groups("all"), kAllFeatureGroups);
  EXPECT_EQ(parse_feature_groups("words,shapes"), kLowerWords | kShapes);
  EXPECT_EQ(parse_feature_groups("all,-prefixes"), kAllFeatureGroups & ~kPrefixes);
  EXPECT_EQ(parse_feature_groups("words,-words,ends,-shapes"), kEnds);
  EXPECT_THROW(parse_feature_groups("words,-words"), Error);
  EXPECT_THROW(parse_feature_groups("all,--words"), Error);
  try {
    parse_feature_groups("words,shape");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kParameter);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("did you mean shapes?"));
  }
}

Document document_of(std::string_view text) {
  Document document;
  document.text = text;
  for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = text.find('\n', begin);
    document.lines.push_back({begin, end - begin, LineEnd::kLf});
  }
  return document;
}

TEST(BlockPlaceOfALine, CountsBlankLinesAndLinesOfItsBlock) {
  const Document document = document_of("\n\na\nb\nc\n\nd\n \n\n");
  const ClassifiedLines lines(document);
  ASSERT_EQ(lines.size(), 4u);
  const auto expect = [&](std::size_t i, BlockPlace expected) {
    const BlockPlace place = lines.place(i);
    EXPECT_EQ(place.blanks_before, expected.blanks_before) << i;
    EXPECT_EQ(place.blanks_after, expected.blanks_after) << i;
    EXPECT_EQ(place.lines_before, expected.lines_before) << i;
    EXPECT_EQ(place.lines_after, expected.lines_after) << i;
  };
  expect(0, {2, 0, 0, 2});
  expect(1, {0, 0, 1, 1});
  expect(2, {0, 1, 2, 0});
  expect(3, {1, 2, 0, 0});
}

TEST(BlockPlaceOfALine, EndsItsCounts) {
  const Document document = document_of(std::string(100, '\n') + "a\n" + std::string(100, '\n'));
  const BlockPlace place = ClassifiedLines(document).place(0);
  EXPECT_EQ(place.blanks_before, BlockPlace::kMost);
  EXPECT_EQ(place.blanks_after, BlockPlace::kMost);
}

}  // namespace
}  // namespace skol
