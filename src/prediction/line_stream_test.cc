// SPDX-License-Identifier: Apache-2.0
#include "prediction/line_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <utility>

#include "prediction/random_model_testing.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The columns of a table, kept as Arrow keeps them.
struct Table {
  struct Texts {
    std::vector<std::int32_t> offsets{0};
    std::string bytes;
    std::vector<std::uint8_t> bits;

    void push_back(const std::string& text, bool valid = true) {
      const std::size_t row = offsets.size() - 1;
      if (row % 8 == 0) bits.push_back(0);
      if (valid) {
        bits.back() = static_cast<std::uint8_t>(bits.back() | 1U << row % 8);
        bytes += text;
      }
      offsets.push_back(static_cast<std::int32_t>(bytes.size()));
    }
    TextColumn from(std::size_t row) const {
      return {{bits.data(), row}, offsets.data() + row, bytes.data()};
    }
  };

  void add(const std::string& doc, const std::string& attachment, std::int64_t number,
           const std::string& line) {
    doc_id.push_back(doc);
    attachment_name.push_back(attachment);
    line_number.push_back(number);
    value.push_back(line);
  }
  LineRows rows(std::size_t begin, std::size_t end) const {
    return {end - begin,
            doc_id.from(begin),
            attachment_name.from(begin),
            {{}, line_number.data() + begin},
            value.from(begin)};
  }
  std::size_t size() const { return line_number.size(); }

  Texts doc_id, attachment_name, value;
  std::vector<std::int64_t> line_number;
};

Table table_of(const std::vector<Document>& documents) {
  Table table;
  for (const Document& document : documents) {
    for (std::size_t i = 0; i < document.lines.size(); ++i) {
      table.add(document.id, "", static_cast<std::int64_t>(3 * i), std::string(document.line(i)));
    }
  }
  return table;
}

void append(LabelledRows&& part, LabelledRows& whole) {
  whole.label_index.insert(whole.label_index.end(), part.label_index.begin(),
                           part.label_index.end());
  whole.probabilities.insert(whole.probabilities.end(), part.probabilities.begin(),
                             part.probabilities.end());
  whole.annotated += part.annotated;
}

// All rows in pieces of `piece` rows.
LabelledRows labelled(const Model& model, const Table& table, std::size_t piece, std::size_t batch,
                      PredictionStats* stats = nullptr) {
  PredictionOptions options;
  options.prediction_batch_size = batch;
  options.threads = 1;
  LineStream stream(model, options);
  LabelledRows all;
  for (std::size_t row = 0; row < table.size(); row += piece) {
    append(stream.add(table.rows(row, std::min(table.size(), row + piece))), all);
  }
  append(stream.finish(), all);
  if (stats != nullptr) *stats = stream.stats();
  return all;
}

std::vector<Document> some_documents() {
  std::vector<Document> documents;
  for (unsigned i = 0; i < 9; ++i) {
    documents.push_back(random_document("d" + std::to_string(i), 1 + 37 * i % 140, i));
  }
  return documents;
}

std::string complaint(const Model& model, const Table& table) {
  try {
    labelled(model, table, table.size(), 64);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

TEST(LineStream, GivesWhatThePredictorGivesInWhateverPiecesTheRowsCome) {
  const Model model = random_model();
  const std::vector<Document> documents = some_documents();
  LabelledRows expected;
  Predictor predictor(model, {});
  PredictionRun run(predictor, [&](LabelledDocument&& document) {
    for (std::size_t i = 0; i < document.labels.size(); ++i) {
      expected.label_index.push_back(document.labels[i]);
      if (document.labels[i] == kNoLabel) continue;
      const float* p = &document.probabilities[i * 3];
      expected.probabilities.insert(expected.probabilities.end(), p, p + 3);
    }
  });
  for (const Document& document : documents) run.add(document);
  run.finish();
  const Table table = table_of(documents);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100}, table.size()}) {
    for (const std::size_t batch : {1, 5, 1000}) {
      const LabelledRows rows = labelled(model, table, piece, batch);
      EXPECT_EQ(rows.label_index, expected.label_index) << piece << " rows, batch " << batch;
      EXPECT_EQ(rows.probabilities, expected.probabilities) << piece << " rows, batch " << batch;
    }
  }
}

TEST(LineStream, PoolsTheWindowsOfManyDocuments) {
  std::vector<Document> documents;
  for (unsigned i = 0; i < 100; ++i) {
    std::string text;
    for (int line = 0; line < 150; ++line) text += "spores hyaline\n";
    documents.push_back(parse_raw("d" + std::to_string(i), text, TextErrors::kStrict));
  }
  PredictionStats stats;
  labelled(random_model(), table_of(documents), 1000, 64, &stats);
  EXPECT_EQ(stats.windows, 500u);
  EXPECT_EQ(stats.predict_calls, 8u);
}

TEST(LineStream, WritesEveryLineAsABlockAndBlankOnesAsTheyAre) {
  Table table;
  table.add("a", "", 0, "spores");
  table.add("a", "", 1, " ");
  table.add("a", "", 2, "--- PDF Page 3 ---");
  const LabelledRows rows = labelled(random_model(), table, 3, 64);
  EXPECT_THAT(rows.annotated, testing::MatchesRegex(R"(\[@ spores #[ABC]\*] --- PDF Page 3 ---)"));
  EXPECT_EQ(rows.label_index[1], kNoLabel);
  EXPECT_EQ(rows.probabilities.size(), 3u);
}

TEST(LineStream, TakesANullLineForAnEmptyOne) {
  Table table;
  table.add("a", "", 0, "spores");
  table.doc_id.push_back("a");
  table.attachment_name.push_back("");
  table.line_number.push_back(1);
  table.value.push_back("", false);
  EXPECT_THAT(labelled(random_model(), table, 2, 64).label_index,
              ElementsAre(testing::Ge(0), kNoLabel));
}

TEST(LineStream, KeepsTheAttachmentsOfADocumentApart) {
  const Model model = random_model();
  Table together, apart;
  for (const char* attachment : {"main.txt", "supplement.txt"}) {
    for (int i = 0; i < 30; ++i) {
      const std::string line = kWords[static_cast<std::size_t>(i) % 5];
      together.add("d", attachment, i, line);
      apart.add(std::string("d") + attachment, "", i, line);
    }
  }
  EXPECT_EQ(labelled(model, together, 7, 64).probabilities,
            labelled(model, apart, 7, 64).probabilities);
}

TEST(LineStream, NamesTheLineThatComesTwiceOrOutOfOrder) {
  const Model model = random_model();
  Table twice;
  twice.add("paper", "s.txt", 4, "spores");
  twice.add("paper", "s.txt", 4, "spores");
  EXPECT_THAT(complaint(model, twice),
              AllOf(HasSubstr("'paper'"), HasSubstr("'s.txt'"), HasSubstr("line_number 4 twice")));
  Table descending;
  descending.add("paper", "", 4, "spores");
  descending.add("paper", "", 3, "spores");
  EXPECT_THAT(complaint(model, descending), HasSubstr("line_number 3 after 4"));
}

TEST(LineStream, NamesWhatIsMissing) {
  const Model model = random_model();
  Table nameless;
  nameless.doc_id.push_back("", false);
  nameless.attachment_name.push_back("");
  nameless.line_number.push_back(0);
  nameless.value.push_back("spores");
  EXPECT_THAT(complaint(model, nameless), HasSubstr("no doc_id"));

  Table table;
  table.add("paper", "", 0, "spores");
  LineRows rows = table.rows(0, 1);
  const std::uint8_t no_bit = 0;
  rows.line_number.valid = {&no_bit, 0};
  LineStream stream(model, {});
  try {
    stream.add(rows);
    FAIL() << "a null line number was taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'paper'"), HasSubstr("without a line_number")));
  }
}

TEST(LineStream, HasNoRowsToGiveWithoutRows) {
  LineStream stream(random_model(), {});
  EXPECT_EQ(stream.add({}).size(), 0u);
  EXPECT_EQ(stream.finish().size(), 0u);
  EXPECT_EQ(stream.stats().predict_calls, 0u);
}

}  // namespace
}  // namespace skol
