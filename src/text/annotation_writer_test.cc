// SPDX-License-Identifier: Apache-2.0
#include "text/annotation_writer.h"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "skol/error.h"

namespace skol {
namespace {

const std::vector<std::string> kNames = {"A", "B-1"};

Document raw(std::string text) {
  return parse_raw("x.txt", std::move(text), TextErrors::kStrict);
}

std::string written(std::string text, std::vector<std::int32_t> labels, bool coalesce = false) {
  return write_annotated(raw(std::move(text)), labels, kNames, coalesce).text;
}

TEST(AnnotationWriter, PutsABlockAroundEachLine) {
  EXPECT_EQ(written("one\n two \n", {0, 1}), "[@ one #A*]\n[@  two  #B-1*]\n");
}

TEST(AnnotationWriter, WritesTheTextVerbatim) {
  EXPECT_EQ(written("[x] #1 * \u00E9\f\n", {0}), "[@ [x] #1 * \u00E9\f #A*]\n");
}

TEST(AnnotationWriter, LeavesWhatIsNotClassifiedAsItIs) {
  EXPECT_EQ(written("\n \f\n--- PDF Page 1 ---\nx\n", {0, 0, 0, 0}),
            "\n \f\n--- PDF Page 1 ---\n[@ x #A*]\n");
}

TEST(AnnotationWriter, LeavesALineWithoutALabelAsItIs) {
  EXPECT_EQ(written("x\ny\n", {kNoLabel, 1}), "x\n[@ y #B-1*]\n");
}

TEST(AnnotationWriter, RestoresLineEnds) {
  EXPECT_EQ(written("a\r\nb\n\r\nc", {0, 0, kNoLabel, 0}), "[@ a #A*]\r\n[@ b #A*]\n\r\n[@ c #A*]");
  EXPECT_EQ(written("", {}), "");
}

TEST(AnnotationWriter, CoalescesNeighboursOfOneLabel) {
  EXPECT_EQ(written("a\nb\nc\n", {0, 0, 1}, true), "[@ a\nb #A*]\n[@ c #B-1*]\n");
  EXPECT_EQ(written("a\r\nb", {0, 0}, true), "[@ a\r\nb #A*]");
}

TEST(AnnotationWriter, CoalescesAcrossNoOtherLine) {
  EXPECT_EQ(written("a\n--- PDF Page 2 ---\nb\n", {0, 0, 0}, true),
            "[@ a #A*]\n--- PDF Page 2 ---\n[@ b #A*]\n");
  EXPECT_EQ(written("a\n\nb\n", {0, 0, 0}, true), "[@ a #A*]\n\n[@ b #A*]\n");
  EXPECT_EQ(written("a\nb\nc\n", {0, kNoLabel, 0}, true), "[@ a #A*]\nb\n[@ c #A*]\n");
}

TEST(AnnotationWriter, CountsLinesThatAReaderMayTakeForMarkup) {
  const std::vector<std::int32_t> labels = {0, 0, kNoLabel, 0};
  const AnnotatedText result =
      write_annotated(raw("a [@ b\nc*] d*]\n#A*]\nfine\n"), labels, kNames, false);
  EXPECT_EQ(result.text, "[@ a [@ b #A*]\n[@ c*] d*] #A*]\n#A*]\n[@ fine #A*]\n");
  EXPECT_EQ(result.not_round_trip, 3U);
}

TEST(AnnotationWriter, RefusesLabelsThatDoNotFit) {
  EXPECT_THROW(written("a\nb\n", {0}), Error);
  EXPECT_THROW(written("a\n", {2}), Error);
  EXPECT_THROW(written("a\n", {-2}), Error);
  const std::vector<std::int32_t> labels = {0};
  const std::vector<std::string> names = {"two words"};
  EXPECT_THROW(write_annotated(raw("a\n"), labels, names, false), Error);
}

// Random text out of the pieces that have a meaning, but for the two marks themselves.
Document random_document(std::mt19937& random, std::vector<std::int32_t>& labels) {
  static const std::vector<std::string> pieces = {"a",
                                                  " ",
                                                  "#",
                                                  "[",
                                                  "]",
                                                  "@",
                                                  "*",
                                                  "#A",
                                                  "\t",
                                                  "\f",
                                                  "\n",
                                                  "\n",
                                                  "\n",
                                                  "\r",
                                                  "x",
                                                  std::string(1, '\0'),
                                                  "-",
                                                  "\u00E9",
                                                  "\u2028\v",
                                                  "\r\n",
                                                  "--- PDF Page 1 ---"};
  std::string text;
  const std::size_t size = random() % 40;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string& piece = pieces[random() % pieces.size()];
    const bool makes_mark = (text.ends_with('[') && piece.starts_with('@')) ||
                            (text.ends_with('*') && piece.starts_with(']'));
    if (!makes_mark) text += piece;
  }
  Document document = raw(text);
  labels.clear();
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    const auto label = static_cast<std::int32_t>(random() % 3) - 1;
    labels.push_back(is_classified(document.line(i)) ? label : kNoLabel);
  }
  return document;
}

std::vector<std::string> names_of(const Document& document) {
  std::vector<std::string> names;
  for (const std::int32_t label : document.labels) {
    names.push_back(label == kNoLabel ? "" : document.label_names[static_cast<std::size_t>(label)]);
  }
  return names;
}

TEST(AnnotationWriter, WritesWhatReadsBackTheSame) {
  std::mt19937 random(20240501);
  for (int round = 0; round < 100'000; ++round) {
    Document document;
    std::vector<std::int32_t> labels;
    document = random_document(random, labels);
    const AnnotatedText out = write_annotated(document, labels, kNames, round % 2 == 1);
    ASSERT_EQ(out.not_round_trip, 0U);
    std::vector<Diagnostic> diagnostics;
    const Document back = parse_annotated("x.txt", out.text, TextErrors::kStrict, diagnostics);
    document.labels = labels;
    document.label_names = kNames;
    ASSERT_EQ(back.text, document.text) << out.text;
    ASSERT_EQ(back.lines.size(), document.lines.size()) << out.text;
    ASSERT_EQ(names_of(back), names_of(document)) << out.text;
    ASSERT_TRUE(diagnostics.empty()) << to_string(diagnostics[0]) << "\n" << out.text;
  }
}

}  // namespace
}  // namespace skol
