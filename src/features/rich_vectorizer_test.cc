// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "features/key_table.h"
#include "features/vectorizer.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

Vectorizer words_of(const std::vector<std::string>& lines, const RichOptions& options) {
  RichVectorizerBuilder builder(options);
  for (const std::string& line : lines) builder.add_line(line, {});
  return builder.build();
}

std::vector<std::uint32_t> columns_of(const Vectorizer& vectorizer, std::string_view line) {
  FeatureScratch scratch;
  SparseRows rows;
  vectorizer.append_row(line, scratch, rows);
  EXPECT_THAT(rows.values, Each(1.0f));
  return rows.columns;
}

const RichOptions kWordsOfTwo{.vocab_size = 100, .min_doc_freq = 2, .groups = kLowerWords};

TEST(RichVectorizer, KeepsFeaturesOfLinesEnoughMostLinesFirst) {
  const Vectorizer vectorizer = words_of({"a b c", "a b", "a a a d", "b", "b"}, kWordsOfTwo);
  EXPECT_TRUE(vectorizer.is_rich());
  EXPECT_EQ(vectorizer.width(), 2u);
  EXPECT_THAT(columns_of(vectorizer, "b"), ElementsAre(0));
  EXPECT_THAT(columns_of(vectorizer, "a c d x"), ElementsAre(1));
}

TEST(RichVectorizer, NamesEveryFeatureOfALineOnce) {
  const Vectorizer vectorizer = words_of({"a b", "a b"}, kWordsOfTwo);
  EXPECT_THAT(columns_of(vectorizer, "b a b a"), UnorderedElementsAre(0, 1));
  EXPECT_THAT(columns_of(vectorizer, ""), ElementsAre());
}

TEST(RichVectorizer, KeepsNoMoreThanAskedFor) {
  RichOptions options = kWordsOfTwo;
  options.vocab_size = 1;
  const Vectorizer vectorizer = words_of({"a b", "a b", "b"}, options);
  EXPECT_THAT(columns_of(vectorizer, "a b"), ElementsAre(0));
  EXPECT_THAT(columns_of(vectorizer, "a"), ElementsAre());
}

TEST(RichVectorizer, DoesNotDependOnTheOrderOfLines) {
  const auto forward = words_of({"a b c", "c d e", "a e", "b d"}, kWordsOfTwo);
  const auto backward = words_of({"b d", "a e", "c d e", "a b c"}, kWordsOfTwo);
  EXPECT_EQ(std::vector(forward.keys().begin(), forward.keys().end()),
            std::vector(backward.keys().begin(), backward.keys().end()));
}

TEST(RichVectorizer, SharesItsScratchWithOthers) {
  const Vectorizer rich = words_of({"a b", "a b"}, kWordsOfTwo);
  const Vectorizer compact({"x", "a"}, {}, {1.0, 1.0});
  FeatureScratch scratch;
  SparseRows rows;
  for (const Vectorizer* vectorizer : {&rich, &compact, &rich}) {
    vectorizer->append_row("a b", scratch, rows);
  }
  EXPECT_EQ(rows.row_columns(0).size(), 2u);
  EXPECT_EQ(rows.row_columns(1).size(), 1u);
  EXPECT_EQ(rows.row_columns(2).size(), 2u);
}

TEST(RichVectorizer, WithoutAFeatureIsRefused) {
  try {
    words_of({"a", "b"}, kWordsOfTwo);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
  }
}

TEST(RichVectorizer, OfAFileIsRefusedWithAKeyOfZeroOrTwice) {
  for (const std::vector<std::uint64_t>& keys :
       {std::vector<std::uint64_t>{}, {0}, {5, 0}, {5, 6, 5}}) {
    try {
      Vectorizer(keys, kAllFeatureGroups);
      FAIL() << keys.size();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel);
    }
  }
}

TEST(KeyTable, FindsWhatWasInsertedAndNothingElse) {
  for (const std::size_t room : {0, 10, 1000, 5000}) {
    KeyTable table;
    table.reserve(room);
    // Low bits alike: all want the same slot.
    for (std::uint64_t i = 1; i <= 1000; ++i) EXPECT_EQ(table.insert(i << 32), i - 1);
    for (std::uint64_t i = 1; i <= 1000; ++i) EXPECT_EQ(table.insert(i << 32), i - 1);
    EXPECT_EQ(table.size(), 1000u);
    EXPECT_EQ(table.find(1001ull << 32), KeyTable::kNotFound);
    EXPECT_EQ(table.find(7ull << 32), 6u);
  }
}

}  // namespace
}  // namespace skol
