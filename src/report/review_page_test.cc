// SPDX-License-Identifier: Apache-2.0
#include "report/review_page.h"

#include <gmock/gmock.h>

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Document annotated(std::string id, const std::string& text) {
  std::vector<Diagnostic> diagnostics;
  return parse_annotated(std::move(id), text, TextErrors::kStrict, diagnostics);
}

// Twenty lines, every third of them blank.
Document document(std::string id) {
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += i % 3 == 2 ? "\n" : "[@ line " + std::to_string(i) + " #Key*]\n";
  return annotated(std::move(id), text);
}

const std::vector<Document>& documents() {
  static const std::vector<Document> all = {document("a.ann"), document("b.ann")};
  return all;
}

Review review_of(std::vector<Contradiction> contradictions) {
  Review review(score(std::vector<std::uint32_t>{0, 1, 2, 0},
                      std::vector<std::uint32_t>{0, 1, 2, 1}, {"Key", "Figure", "Notes"}));
  review.folds = 2;
  review.contradictions = std::move(contradictions);
  return review;
}

std::string html_of(std::vector<Contradiction> contradictions) {
  return review_page(documents(), review_of(std::move(contradictions)), {}, "skol review a");
}

TEST(ReviewFindings, AreLinesThatFollowEachOtherWithTheSameLabels) {
  const auto findings = findings_of(documents(), review_of({{0, 4, "Key", "Figure", 0.99f},
                                                            {1, 3, "Key", "Figure", 0.95f},
                                                            {0, 3, "Key", "Figure", 0.9f},
                                                            {0, 6, "Key", "Figure", 0.85f},
                                                            {0, 7, "Key", "Notes", 0.84f},
                                                            {0, 10, "Key", "Notes", 0.83f}}));
  ASSERT_EQ(findings.size(), 4U);
  EXPECT_EQ(findings[0].document, 0U);
  EXPECT_THAT(findings[0].lines, ElementsAre(3, 4, 6));  // line 5 is blank
  EXPECT_THAT(findings[0].probabilities, ElementsAre(0.9f, 0.99f, 0.85f));
  EXPECT_EQ(findings[0].probability, 0.99f);
  EXPECT_EQ(findings[1].document, 1U);
  EXPECT_THAT(findings[2].lines, ElementsAre(7));
  EXPECT_THAT(findings[3].lines, ElementsAre(10));  // line 9 was not contradicted
}

TEST(ReviewFindings, PairsAreCountedTheMostFrequentFirst) {
  const auto pairs = pairs_of(findings_of(documents(), review_of({{0, 0, "Key", "Notes", 0.99f},
                                                                  {0, 3, "Key", "Figure", 0.9f},
                                                                  {0, 4, "Key", "Figure", 0.9f}})));
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].predicted, "Figure");
  EXPECT_EQ(pairs[0].lines, 2U);
  EXPECT_EQ(pairs[0].findings, 1U);
  EXPECT_EQ(pairs[0].first, 1U);
  EXPECT_EQ(pairs[1].first, 0U);
  EXPECT_THAT(pairs_of({}), IsEmpty());
}

TEST(ReviewTsv, HasARowForEachLine) {
  const std::vector<Document> given = {annotated("a\tb.ann", "[@ x\ty \\ z #Key*]\n")};
  EXPECT_EQ(review_tsv(given, review_of({{0, 0, "Key", "Figure", 0.875f}})),
            "doc_id\tline_number\tgold\tpredicted\tprobability\ttext\n"
            "a\\tb.ann\t0\tKey\tFigure\t0.875\tx\\ty \\\\ z\n");
}

TEST(ReviewReport, CountsAndScores) {
  const Json json = review_report(documents(), review_of({{0, 0, "Key", "Notes", 0.99f}}));
  EXPECT_EQ(json["documents"], 2);
  EXPECT_EQ(json["folds"], 2);
  EXPECT_EQ(json["contradictions"], 1);
  EXPECT_EQ(json["pairs"][0]["lines"], 1);
  EXPECT_EQ(json["accuracy"], 0.75);
}

TEST(ReviewPage, ShowsTheLinesAround) {
  EXPECT_THAT(html_of({{1, 7, "Key", "Figure", 0.987f}}),
              AllOf(HasSubstr("<title>Review: 1 line to look at</title>"),
                    HasSubstr(">b.ann:8</a>"), HasSubstr("annotated <b>Key</b>"),
                    HasSubstr("<b>Figure</b> (0.99)"), HasSubstr("line 4<"), HasSubstr("line 10<"),
                    Not(HasSubstr("line 3<")), Not(HasSubstr("line 12<")),
                    HasSubstr("Key \u2192 Figure"), HasSubstr("<dd>75.0 %</dd>")));
}

TEST(ReviewPage, TheFirstAndTheLastLineHaveLessAround) {
  EXPECT_THAT(
      html_of({{0, 0, "Key", "Figure", 0.9f}, {0, 19, "Key", "Figure", 0.9f}}),
      AllOf(HasSubstr(">a.ann:1</a>"), HasSubstr(">a.ann:20</a>"), HasSubstr("next of this pair")));
}

TEST(ReviewPage, OfALongFindingItShowsTheEnds) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "[@ line " + std::to_string(i) + " #Key*]\n";
  const std::vector<Document> given = {annotated("a.ann", text)};
  std::vector<Contradiction> all;
  for (std::size_t i = 10; i < 30; ++i) all.push_back({0, i, "Key", "Figure", 0.9f});
  EXPECT_THAT(review_page(given, review_of(all), {}, ""),
              AllOf(HasSubstr("20 lines: annotated"), HasSubstr("line 17<"),
                    HasSubstr("10 more lines"), Not(HasSubstr("line 18<")),
                    Not(HasSubstr("line 27<")), HasSubstr("line 28<"), HasSubstr("line 32<")));
}

TEST(ReviewPage, HostileTextIsText) {
  const std::string hostile = "</td></table><script>alert(1)</script>\" ' & <b onclick=x>";
  const std::vector<Document> given = {annotated("<i>\".ann", "[@ " + hostile + " #Key*]\n")};
  EXPECT_THAT(review_page(given, review_of({{0, 0, "Key", "Figure", 0.9f}}), {}, "<u>"),
              AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<i>")), Not(HasSubstr("<u>")),
                    Not(HasSubstr("<b onclick")), HasSubstr("&lt;script&gt;alert(1)")));
}

TEST(ReviewPage, WhereNothingIsContradictedItSaysSo) {
  EXPECT_THAT(html_of({}), AllOf(HasSubstr("0 lines to look at"),
                                 HasSubstr("Nothing was contradicted that clearly.")));
}

TEST(ReviewPage, HasNoMoreThanABrowserIsQuickWith) {
  std::string text;
  for (std::size_t i = 0; i < 2 * kMostFindings + 2; ++i) text += "[@ x #Key*]\n";
  const std::vector<Document> given = {annotated("a.ann", text)};
  std::vector<Contradiction> all;
  for (std::size_t i = 0; i <= 2 * kMostFindings; i += 2) {
    all.push_back({0, i, "Key", "Figure", 0.9f});
  }
  const std::string html = review_page(given, review_of(all), {}, "");
  EXPECT_THAT(html, AllOf(HasSubstr("The first 2,000 of 2,001 places"),
                          HasSubstr("id=\"finding-2000\""), Not(HasSubstr("finding-2001"))));
}

}  // namespace
}  // namespace skol
