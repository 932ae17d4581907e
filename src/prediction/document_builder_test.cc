// SPDX-License-Identifier: Apache-2.0
#include "prediction/document_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Rows of documents of one letter, each with a vector of three columns that has a single value.
struct Table {
  std::string doc_ids, texts;  // a character a row
  std::vector<std::int64_t> numbers, labels;
  std::vector<double> values;
  std::vector<std::int32_t> offsets{}, indices{}, sizes{};
  std::vector<std::int8_t> types{};
  std::uint8_t labelled = 0xFF;

  LineRows rows() {
    for (std::int32_t i = 0; i <= static_cast<std::int32_t>(doc_ids.size()); ++i) {
      offsets.push_back(i);
    }
    indices.assign(values.size(), 1);
    sizes.assign(values.size(), 3);
    types.assign(values.size(), VectorColumn::kSparse);
    LineRows out;
    out.size = doc_ids.size();
    out.doc_id = {{}, offsets.data(), doc_ids.data()};
    out.line_number = {{}, numbers.data()};
    if (!texts.empty()) out.value = {{}, offsets.data(), texts.data()};
    if (!values.empty()) {
      out.features = {
          {},           types.data(), sizes.data(), offsets.data(), indices.data(), offsets.data(),
          values.data()};
    }
    if (!labels.empty()) out.label = {{&labelled, 0}, labels.data()};
    return out;
  }
};

std::vector<Document> documents_of(Table table, std::size_t width = 3) {
  std::vector<Document> documents;
  DocumentBuilder builder([&](Document&& document) { documents.push_back(std::move(document)); },
                          width, {"B", "A"});
  builder.add(table.rows());
  builder.finish();
  return documents;
}

std::string complaint(Table table, std::size_t width = 3) {
  try {
    documents_of(std::move(table), width);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

TEST(DocumentBuilder, MakesDocumentsOfTexts) {
  const auto documents = documents_of(
      {.doc_ids = "xxy", .texts = "ab ", .numbers = {3, 7, 0}, .labels = {}, .values = {}});
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].id, "x");
  ASSERT_EQ(documents[0].lines.size(), 2u);
  EXPECT_EQ(documents[0].line(1), "b");
  EXPECT_TRUE(documents[0].labels.empty());
  EXPECT_EQ(documents[0].features, nullptr);
}

TEST(DocumentBuilder, LeavesOutFeaturesAndLabelsOfBlankLines) {
  const auto documents = documents_of({.doc_ids = "xxxy",
                                       .texts = "a bc",
                                       .numbers = {0, 1, 2, 0},
                                       .labels = {1, 1, 0, 1},
                                       .values = {5, 6, 7, 8}});
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_THAT(documents[0].labels, ElementsAre(1, kNoLabel, 0));
  EXPECT_THAT(documents[0].label_names, ElementsAre("B", "A"));
  const GivenFeatures& given = *documents[0].features;
  EXPECT_EQ(given.width, 3u);
  EXPECT_THAT(given.classified, ElementsAre(true, false, true));
  EXPECT_THAT(given.rows.values, ElementsAre(5.0f, 7.0f));
  EXPECT_THAT(documents[1].features->rows.values, ElementsAre(8.0f));
}

TEST(DocumentBuilder, TakesEveryLineWhereTheTextIsNotKnown) {
  const auto documents = documents_of({.doc_ids = "xx",
                                       .texts = "",
                                       .numbers = {0, 1},
                                       .labels = {0, 1},
                                       .values = {5, 6},
                                       .labelled = 0b01});
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_THAT(documents[0].features->classified, ElementsAre(true, true));
  EXPECT_THAT(documents[0].features->rows.values, ElementsAre(5.0f, 6.0f));
  EXPECT_THAT(documents[0].labels, ElementsAre(0, kNoLabel));
}

TEST(DocumentBuilder, NamesDocumentAndLineOfWhatIsWrong) {
  const Table good{
      .doc_ids = "xx", .texts = "ab", .numbers = {0, 9}, .labels = {0, 0}, .values = {1, 1}};
  EXPECT_EQ(complaint(good), "");
  Table wrong = good;
  wrong.labels[1] = 2;
  EXPECT_THAT(complaint(wrong), AllOf(HasSubstr("'x', line_number 9"), HasSubstr("label is 2")));
  wrong.labels[1] = -1;
  EXPECT_THAT(complaint(wrong), HasSubstr("label is -1"));
  EXPECT_THAT(complaint(good, 4),
              AllOf(HasSubstr("'x', line_number 0"), HasSubstr("3 columns: expected 4")));
  wrong = good;
  wrong.numbers = {1, 1};
  EXPECT_THAT(complaint(wrong), HasSubstr("line_number 1 twice"));
}

}  // namespace
}  // namespace skol
