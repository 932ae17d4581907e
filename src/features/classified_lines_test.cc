// SPDX-License-Identifier: Apache-2.0
#include "features/classified_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace skol {
namespace {

using ::testing::ElementsAre;

const Vectorizer kVectorizer({"one", "two"}, {}, {1.0, 2.0});

Document three_lines() {
  return parse_raw("d", "two\n \none two one\n", TextErrors::kStrict);
}

SparseRows rows_of(const Document& document) {
  const ClassifiedLines lines(document);
  FeatureScratch scratch;
  SparseRows rows;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines.append_row(i, kVectorizer, scratch, rows);
  }
  return rows;
}

TEST(ClassifiedLines, AreThoseWithTextInOrder) {
  const Document document = three_lines();
  const ClassifiedLines lines(document);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines.number(0), 0u);
  EXPECT_EQ(lines.number(1), 2u);
  EXPECT_EQ(&lines.document(), &document);
}

TEST(ClassifiedLines, HaveTheRowsOfTheirText) {
  const SparseRows rows = rows_of(three_lines());
  EXPECT_THAT(rows.row_columns(0), ElementsAre(1));
  EXPECT_THAT(rows.row_values(0), ElementsAre(2.0f));
  EXPECT_THAT(rows.row_columns(1), ElementsAre(0, 1));
  EXPECT_THAT(rows.row_values(1), ElementsAre(2.0f, 2.0f));
}

TEST(ClassifiedLines, HaveTheRowsThatCameWithThemWhateverTheirText) {
  GivenFeatures given;
  given.width = 9;
  given.classified = {false, true, false};
  const std::uint32_t column = 8;
  const float value = 0.5f;
  given.rows.append({&column, 1}, {&value, 1});
  Document document = three_lines();
  document.features = std::make_shared<const GivenFeatures>(std::move(given));
  ASSERT_EQ(ClassifiedLines(document).size(), 1u);
  EXPECT_EQ(ClassifiedLines(document).number(0), 1u);
  const SparseRows rows = rows_of(document);
  EXPECT_THAT(rows.row_columns(0), ElementsAre(8));
  EXPECT_THAT(rows.row_values(0), ElementsAre(0.5f));
}

}  // namespace
}  // namespace skol
