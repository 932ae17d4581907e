// SPDX-License-Identifier: Apache-2.0
#include "text/label_set.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "skol/error.h"

namespace skol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LabelSet, PutsTheMostFrequentFirstAndEqualsInAlphabeticalOrder) {
  const LabelSet set = LabelSet::from_counts({{"Key", 3}, {"Figure", 3}, {"Table", 9}, {"X", 0}});
  EXPECT_THAT(set.names(), ElementsAre("Table", "Figure", "Key"));
  EXPECT_EQ(set.index("Table"), 0);
  EXPECT_EQ(set.index("Figure"), 1);
  EXPECT_EQ(set.index("Key"), 2);
}

TEST(LabelSet, HasNoIndexForAnotherName) {
  const LabelSet set({"b", "a"});
  for (const char* other : {"", "A", "aa", "c", "X"}) EXPECT_EQ(set.index(other), kNoLabel);
  EXPECT_EQ(LabelSet().index("a"), kNoLabel);
}

TEST(LabelSet, KeepsTheOrderOfAModel) {
  const LabelSet set({"b", "c", "a"});
  EXPECT_EQ(set.size(), 3U);
  EXPECT_EQ(set.index("b"), 0);
  EXPECT_EQ(set.index("c"), 1);
  EXPECT_EQ(set.index("a"), 2);
}

TEST(LabelSet, RefusesNamesThatCannotTellLabelsApart) {
  EXPECT_THROW(LabelSet({"a", "b", "a"}), Error);
  EXPECT_THROW(LabelSet({"a", ""}), Error);
}

TEST(CollapsedLabel, IsOneOfThree) {
  EXPECT_EQ(collapse_label("Nomenclature"), "Nomenclature");
  EXPECT_EQ(collapse_label("Description"), "Description");
  EXPECT_EQ(collapse_label("Misc-exposition"), "Misc-exposition");
  EXPECT_EQ(collapse_label("Key"), "Misc-exposition");
  EXPECT_EQ(collapse_label("description"), "Misc-exposition");
}

Document annotated(std::string text) {
  std::vector<Diagnostic> diagnostics;
  return parse_annotated("x.ann", std::move(text), TextErrors::kStrict, diagnostics);
}

TEST(LabelsIn, AreIndicesIntoTheSet) {
  std::vector<Diagnostic> diagnostics;
  const Document document = annotated("[@a#Key*]\n\n[@b#Description*]\nc\n");
  EXPECT_THAT(labels_in(document, LabelSet({"Description", "Key"}), false, diagnostics),
              ElementsAre(1, kNoLabel, 0, kNoLabel));
  EXPECT_THAT(labels_in(document, LabelSet({"Misc-exposition", "Description"}), true, diagnostics),
              ElementsAre(0, kNoLabel, 1, kNoLabel));
  EXPECT_THAT(diagnostics, IsEmpty());
}

TEST(LabelsIn, ReportLabelsThatTheSetDoesNotHave) {
  std::vector<Diagnostic> diagnostics;
  const Document document = annotated("[@a#A*]\n[@b#M*]\n[@c\nd#N*]\n[@e#M*]\n[@#O*]\n");
  EXPECT_THAT(labels_in(document, LabelSet({"A"}), false, diagnostics),
              ElementsAre(0, kNoLabel, kNoLabel, kNoLabel, kNoLabel, kNoLabel));
  ASSERT_EQ(diagnostics.size(), 2U);
  EXPECT_EQ(to_string(diagnostics[0]),
            "x.ann:2:1: unknown-label: label 'M' is not among the labels asked for");
  EXPECT_EQ(diagnostics[0].count, 2U);
  EXPECT_EQ(diagnostics[1].line, 3U);
  EXPECT_EQ(diagnostics[1].count, 2U);
}

TEST(LabelsIn, AreNoneForRawText) {
  std::vector<Diagnostic> diagnostics;
  const Document document = parse_raw("x", "a\n", TextErrors::kStrict);
  EXPECT_THAT(labels_in(document, LabelSet({"A"}), false, diagnostics), IsEmpty());
}

}  // namespace
}  // namespace skol
