// SPDX-License-Identifier: Apache-2.0
#include "prediction/output_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;

const std::vector<std::string> kLabels = {"Misc", "Name"};

// "Alpha" is Name, "beta" and "gamma" are Misc, with a blank line between the first two.
LabelledDocument labelled_document(std::string id = "a/b.txt") {
  LabelledDocument labelled;
  labelled.document = parse_raw(std::move(id), "Alpha\n\nbeta\r\ngamma", TextErrors::kStrict);
  labelled.labels = {1, kNoLabel, 0, 0};
  labelled.probabilities = {0.25f, 0.75f, 0, 0, 1, 0, 0.6f, 1.0e-7f};
  return labelled;
}

std::string written(OutputFormat format, const LabelledDocument& labelled, bool coalesce = false) {
  OutputFormatter formatter(format, kLabels, coalesce);
  std::string text = formatter.header();
  formatter.write(labelled, [&](std::string_view piece) { text += piece; });
  return text;
}

TEST(OutputFormatTest, WritesAnnotatedTextWithItsBlankLinesAndLineEnds) {
  EXPECT_EQ(written(OutputFormat::kAnnotated, labelled_document()),
            "[@ Alpha #Name*]\n\n[@ beta #Misc*]\r\n[@ gamma #Misc*]");
}

TEST(OutputFormatTest, CoalescesNeighboursOfOneLabel) {
  EXPECT_EQ(written(OutputFormat::kAnnotated, labelled_document(), true),
            "[@ Alpha #Name*]\n\n[@ beta\r\ngamma #Misc*]");
}

TEST(OutputFormatTest, WritesLabelsAsTsvWithoutBlankLines) {
  EXPECT_EQ(written(OutputFormat::kLabels, labelled_document()),
            "doc_id\tline_number\tpredicted_label\n"
            "a/b.txt\t0\tName\n"
            "a/b.txt\t2\tMisc\n"
            "a/b.txt\t3\tMisc\n");
}

TEST(OutputFormatTest, WritesProbabilitiesInAColumnALabel) {
  EXPECT_EQ(written(OutputFormat::kProbabilities, labelled_document()),
            "doc_id\tline_number\tpredicted_label\tMisc\tName\n"
            "a/b.txt\t0\tName\t0.25\t0.75\n"
            "a/b.txt\t2\tMisc\t1\t0\n"
            "a/b.txt\t3\tMisc\t0.6\t1e-07\n");
}

TEST(OutputFormatTest, WritesAJsonObjectALine) {
  EXPECT_EQ(written(OutputFormat::kJsonLines, labelled_document()),
            R"({"doc_id":"a/b.txt","line_number":0,"label":"Name",)"
            R"("probabilities":{"Misc":0.25,"Name":0.75}})"
            "\n"
            R"({"doc_id":"a/b.txt","line_number":2,"label":"Misc",)"
            R"("probabilities":{"Misc":1,"Name":0}})"
            "\n"
            R"({"doc_id":"a/b.txt","line_number":3,"label":"Misc",)"
            R"("probabilities":{"Misc":0.6,"Name":1e-07}})"
            "\n");
}

TEST(OutputFormatTest, MarksLinesWhoseLabelIsUnsureWhereAsked) {
  const auto marked = [](OutputFormat format) {
    OutputFormatter formatter(format, kLabels, false, 0.75);
    std::string text = formatter.header();
    formatter.write(labelled_document(), [&](std::string_view piece) { text += piece; });
    EXPECT_EQ(formatter.unsure_lines(), 1U);
    return text;
  };
  EXPECT_EQ(marked(OutputFormat::kLabels),
            "doc_id\tline_number\tpredicted_label\tunsure\n"
            "a/b.txt\t0\tName\t0\n"
            "a/b.txt\t2\tMisc\t0\n"
            "a/b.txt\t3\tMisc\t1\n");
  EXPECT_THAT(marked(OutputFormat::kProbabilities), HasSubstr("\t0.6\t1e-07\t1\n"));
  EXPECT_THAT(marked(OutputFormat::kJsonLines),
              HasSubstr(R"({"Misc":0.6,"Name":1e-07},"unsure":true})"));
}

TEST(OutputFormatTest, EscapesWhatWouldBreakARowOfTsv) {
  EXPECT_THAT(written(OutputFormat::kLabels, labelled_document("a\tb\nc\rd\\e")),
              HasSubstr("\na\\tb\\nc\\rd\\\\e\t0\tName\n"));
}

TEST(OutputFormatTest, EscapesNamesInJson) {
  const std::string text = written(OutputFormat::kJsonLines, labelled_document("\"q\"\n\xff"));
  const auto row = nlohmann::json::parse(text.substr(0, text.find('\n')));
  EXPECT_EQ(row["doc_id"], "\"q\"\n\xEF\xBF\xBD");
}

TEST(OutputFormatTest, ProbabilitiesReadBackAsTheSameFloat) {
  const CounterRandom random(1, 1);
  LabelledDocument labelled = labelled_document();
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double exponent = -40 * random.uniform(2 * i);
    const auto first = static_cast<float>(std::pow(10, exponent));
    const auto second = static_cast<float>(random.uniform(2 * i + 1));
    labelled.probabilities = {first, second, 0, 0, 1, 0, 1, 0};
    const std::string text = written(OutputFormat::kJsonLines, labelled);
    const char* at = text.c_str() + text.find("\"Misc\":") + 7;
    char* end = nullptr;
    EXPECT_EQ(std::strtof(at, &end), first);
    EXPECT_EQ(std::strtof(end + std::string_view(",\"Name\":").size(), nullptr), second);
  }
}

TEST(OutputFormatTest, HandsOutLongDocumentsInPieces) {
  LabelledDocument labelled;
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "line\n";
  labelled.document = parse_raw("long.txt", text, TextErrors::kStrict);
  labelled.labels.assign(10'000, 1);
  labelled.probabilities.assign(20'000, 0.5f);
  OutputFormatter formatter(OutputFormat::kJsonLines, kLabels, false);
  std::vector<std::size_t> sizes;
  std::size_t rows = 0;
  formatter.write(labelled, [&](std::string_view piece) {
    sizes.push_back(piece.size());
    rows += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
  });
  EXPECT_EQ(rows, 10'000U);
  EXPECT_THAT(sizes, Each(Le(std::size_t{66'000})));
}

TEST(OutputFormatTest, CountsLinesThatLookLikeMarkup) {
  LabelledDocument labelled = labelled_document();
  labelled.document = parse_raw("x", "a [@ b\n\nc *] d\ne", TextErrors::kStrict);
  OutputFormatter formatter(OutputFormat::kAnnotated, kLabels, false);
  formatter.write(labelled, [](std::string_view) {});
  formatter.write(labelled, [](std::string_view) {});
  EXPECT_EQ(formatter.not_round_trip(), 4U);
}

TEST(OutputFormatTest, ADocumentWithoutLinesHasNoRows) {
  LabelledDocument labelled;
  EXPECT_EQ(written(OutputFormat::kAnnotated, labelled), "");
  EXPECT_EQ(written(OutputFormat::kJsonLines, labelled), "");
  EXPECT_EQ(written(OutputFormat::kLabels, labelled), "doc_id\tline_number\tpredicted_label\n");
}

TEST(OutputFormatTest, KnowsItsNames) {
  EXPECT_EQ(extension(parse_output_format("annotated")), ".ann");
  EXPECT_EQ(extension(parse_output_format("labels")), ".tsv");
  EXPECT_EQ(extension(parse_output_format("probs")), ".tsv");
  EXPECT_EQ(extension(parse_output_format("jsonl")), ".jsonl");
  EXPECT_THROW(parse_output_format("json"), Error);
}

}  // namespace
}  // namespace skol
