// SPDX-License-Identifier: Apache-2.0
#include "features/rich_vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace skol {
namespace {

using ::testing::ElementsAre;

// Plain loops: every key of the line, looked up in a list.
std::vector<std::uint32_t> expected_columns(std::span<const std::uint64_t> vocabulary,
                                            std::string_view line, const BlockPlace& place,
                                            std::uint32_t groups) {
  LineWords words;
  std::vector<std::uint64_t> keys;
  append_rich_features(line, place, groups, words, keys);
  std::vector<std::uint32_t> columns;
  for (const std::uint64_t key : keys) {
    const auto found = std::ranges::find(vocabulary, key);
    const auto column = static_cast<std::uint32_t>(found - vocabulary.begin());
    if (found != vocabulary.end() && std::ranges::find(columns, column) == columns.end()) {
      columns.push_back(column);
    }
  }
  return columns;
}

// Words of few letters, so that many come again, some of them long, some not ASCII, some not UTF-8.
class Lines {
 public:
  std::string line() {
    static const std::vector<std::string> letters = {"a", "b", "A", "7",    ".",    "(",      "é",
                                                     "Σ", "İ", "ß", "\xff", "\xc3", "\u00a0", "ab"};
    std::string text;
    for (std::size_t words = random_(12); words > 0; --words) {
      const std::size_t most = random_(10) == 0 ? 30 : 4;
      for (std::size_t n = random_(most); n > 0; --n) {
        text += letters[random_(random_(3) == 0 ? letters.size() : 6)];
      }
      text += " \t  "[random_(4)];
    }
    return text;
  }
  BlockPlace place() { return {number(), number(), number(), number()}; }

 private:
  std::uint32_t number() { return static_cast<std::uint32_t>(random_(BlockPlace::kMost + 1)); }
  struct Below {
    std::mt19937 engine{7};
    std::size_t operator()(std::size_t end) { return engine() % end; }
  } random_;
};

// Every third key that some line has.
std::vector<std::uint64_t> keys_of_lines(std::size_t lines, std::uint32_t groups) {
  Lines source;
  LineWords words;
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < lines; ++i) {
    append_rich_features(source.line(), source.place(), groups, words, keys);
  }
  const std::set<std::uint64_t> distinct(keys.begin(), keys.end());
  keys.clear();
  for (std::size_t i = 0; const std::uint64_t key : distinct) {
    if (i++ % 3 == 0) keys.push_back(key);
  }
  return keys;
}

TEST(RichVocabulary, NamesTheColumnsOfEachKeyOfALineInOrderAndOnce) {
  for (const std::uint32_t groups : {kAllFeatureGroups, std::uint32_t{kLowerWords | kBigrams},
                                     std::uint32_t{kEnds | kBlockLayout}}) {
    const auto keys = keys_of_lines(100, groups);
    const auto vocabulary = RichVocabulary::make(keys, groups);
    RichScratch scratch;
    Lines source;
    std::size_t columns = 0;
    for (int i = 0; i < 1500; ++i) {
      const std::string line = source.line();
      const BlockPlace place = source.place();
      const auto found = vocabulary->columns_of(line, place, scratch);
      ASSERT_EQ(std::vector(found.begin(), found.end()),
                expected_columns(keys, line, place, groups))
          << line;
      columns += found.size();
    }
    EXPECT_GT(columns, 1500u);
  }
}

// Words that share a slot of the memo, in one line and in turn.
TEST(RichVocabulary, RemembersTheWordThatCameLastToASlot) {
  WordMemo memo;
  memo.clear();
  std::vector<std::string> alike;
  for (int i = 0; alike.size() < 3; ++i) {
    const std::string word = "w" + std::to_string(i);
    if (memo.find(word) == memo.find("w0")) alike.push_back(word);
  }
  std::vector<std::uint64_t> keys;
  LineWords words;
  for (const std::string& word : alike) {
    append_rich_features(word, {}, kCasedWords, words, keys);
  }
  const auto vocabulary = RichVocabulary::make(keys, kCasedWords);
  RichScratch scratch;
  const auto columns = [&](std::initializer_list<std::size_t> numbers) {
    std::string line;
    for (const std::size_t number : numbers) line += alike[number] + " ";
    const auto found = vocabulary->columns_of(line, {}, scratch);
    return std::vector(found.begin(), found.end());
  };
  EXPECT_THAT(columns({0, 1, 0, 2, 2, 1}), ElementsAre(0, 1, 2));
  EXPECT_THAT(columns({1, 1, 0}), ElementsAre(1, 0));
  EXPECT_THAT(columns({0, 2}), ElementsAre(0, 2));
  EXPECT_THAT(columns({2, 0, 2, 1}), ElementsAre(2, 0, 1));
}

TEST(RichVocabulary, SharesItsScratchWithOthersThatKnowTheSameWordsOtherwise) {
  std::vector<std::uint64_t> keys;
  LineWords words;
  append_rich_features("a b", {}, kLowerWords, words, keys);
  RichScratch scratch;
  for (int round = 0; round < 3; ++round) {
    // Made anew, often at the place of the one before.
    const auto forward = RichVocabulary::make(keys, kLowerWords);
    EXPECT_THAT(forward->columns_of("a b", {}, scratch), ElementsAre(0, 1));
    const auto backward = RichVocabulary::make(std::vector{keys[1], keys[0]}, kLowerWords);
    EXPECT_THAT(backward->columns_of("a b", {}, scratch), ElementsAre(1, 0));
  }
}

TEST(RichVocabulary, TakesLinesOfAnyLength) {
  std::vector<std::uint64_t> keys;
  LineWords words;
  std::string line(20'000, 'a');
  for (std::size_t i = 7; i < line.size(); i += 9) line[i] = i % 2 == 0 ? ' ' : 'B';
  append_rich_features(line, {}, kAllFeatureGroups, words, keys);
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  const auto vocabulary = RichVocabulary::make(keys, kAllFeatureGroups);
  RichScratch scratch;
  EXPECT_EQ(vocabulary->columns_of("", {}, scratch).size(),
            expected_columns(keys, "", {}, kAllFeatureGroups).size());
  EXPECT_EQ(vocabulary->columns_of(line, {}, scratch).size(), keys.size());
}

}  // namespace
}  // namespace skol
