// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "skol/document.h"
#include "skol/error.h"

namespace skol {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Read {
  Document document;
  std::vector<Diagnostic> diagnostics;

  // "label|line" for each line, "-" for a line without a label.
  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < document.lines.size(); ++i) {
      const std::int32_t label = document.labels.at(i);
      const std::string name =
          label == kNoLabel ? "-" : document.label_names.at(static_cast<std::size_t>(label));
      result.push_back(name + "|" + std::string(document.line(i)));
    }
    return result;
  }
  // "line:column kind" for each diagnostic.
  std::vector<std::string> findings() const {
    std::vector<std::string> result;
    for (const Diagnostic& d : diagnostics) {
      result.push_back(std::to_string(d.line) + ":" + std::to_string(d.column) + " " +
                       std::string(name(d.kind)));
    }
    return result;
  }
};

Read read(std::string bytes, TextErrors errors = TextErrors::kStrict) {
  Read result;
  result.document = parse_annotated("x.ann", std::move(bytes), errors, result.diagnostics);
  return result;
}

TEST(AnnotatedText, GivesEachLineTheLabelOfItsBlock) {
  const Read r = read("[@ one #A*]\n[@two\nthree#B-2_x*]\n");
  EXPECT_THAT(r.lines(), ElementsAre("A|one", "B-2_x|two", "B-2_x|three"));
  EXPECT_THAT(r.document.label_names, ElementsAre("A", "B-2_x"));
  EXPECT_EQ(r.document.text, "one\ntwo\nthree\n");
  EXPECT_THAT(r.findings(), IsEmpty());
}

TEST(AnnotatedText, WithoutABlockIsUnlabelled) {
  const Read r = read("a [b] #c * @d ]\n\ne");
  EXPECT_THAT(r.lines(), ElementsAre("-|a [b] #c * @d ]", "-|", "-|e"));
  EXPECT_THAT(r.findings(), IsEmpty());
}

TEST(AnnotatedText, OfNoBytesHasNoLine) {
  EXPECT_THAT(read("").lines(), IsEmpty());
  EXPECT_THAT(read("\uFEFF").lines(), IsEmpty());
}

TEST(AnnotatedText, DropsOneSpaceBesideTheMarksAndNoMore) {
  EXPECT_THAT(read("[@  a  #L*]").lines(), ElementsAre("L| a "));
  EXPECT_THAT(read("[@\ta\t#L*]").lines(), ElementsAre("L|\ta\t"));
  EXPECT_THAT(read("[@ a\n  b #L*]").lines(), ElementsAre("L|a", "L|  b"));
}

TEST(AnnotatedText, KeepsTheLineNumbersOfTheFile) {
  const Read r = read("[@\nfirst\n\n  third\n#L*]\n[@ next #M*]\n");
  EXPECT_THAT(r.lines(), ElementsAre("-|", "L|first", "-|", "L|  third", "-|", "M|next"));
}

TEST(AnnotatedText, LabelsNoBlankLineAndNoPageMarker) {
  const Read r = read("[@ a\n \f\n--- PDF Page 2 ---\nb #L*]\n");
  EXPECT_THAT(r.lines(), ElementsAre("L|a", "-| \f", "-|--- PDF Page 2 ---", "L|b"));
}

TEST(AnnotatedText, LeavesTextOutsideBlocksUnlabelled) {
  const Read r = read("before\n[@ in #L*]\nbetween\n[@ in #L*]\nafter");
  EXPECT_THAT(r.lines(), ElementsAre("-|before", "L|in", "-|between", "L|in", "-|after"));
}

TEST(AnnotatedText, GivesALineTheLabelWithMostCharacters) {
  EXPECT_THAT(read("[@abc#A*][@defg#B*]").lines(), ElementsAre("B|abcdefg"));
  EXPECT_THAT(read("[@ab#A*][@cde#B*][@fg#A*]").lines(), ElementsAre("A|abcdefg"));
  EXPECT_THAT(read("[@ab#A*] [@cd#B*]").lines(), ElementsAre("A|ab cd"));
  EXPECT_THAT(read("[@ab#A*] longer, yet outside").lines(),
              ElementsAre("A|ab longer, yet outside"));
  EXPECT_THAT(read("[@x\nabc#A*][@defg\ny#B*]").lines(), ElementsAre("A|x", "B|abcdefg", "B|y"));
}

TEST(AnnotatedText, CountsCharactersNotBytes) {
  EXPECT_THAT(read("[@\u00E9\u00E9#A*][@xyz#B*]").lines(), ElementsAre("B|\u00E9\u00E9xyz"));
}

TEST(AnnotatedText, EndsABlockAtTheFirstLabel) {
  EXPECT_THAT(read("[@BPI #2529 x #A*]").lines(), ElementsAre("A|BPI #2529 x"));
  EXPECT_THAT(read("[@a#b c#A*]").lines(), ElementsAre("A|a#b c"));
  EXPECT_THAT(read("[@a#b#A*]").lines(), ElementsAre("A|a#b"));
  EXPECT_THAT(read("[@a##A*]").lines(), ElementsAre("A|a#"));
  EXPECT_THAT(read("[@a [b] [c #A*]").lines(), ElementsAre("A|a [b] [c"));
  EXPECT_THAT(read("[@[x]#A*]").lines(), ElementsAre("A|[x]"));
}

TEST(AnnotatedText, KeepsAnEndWithoutALabelAsText) {
  const Read r = read("[@a *b*] c #A*]\n[@d #1*] e #B*]\n[@f # *] g#C*]");
  EXPECT_THAT(r.lines(), ElementsAre("A|a *b*] c", "B|d #1*] e", "C|f # *] g"));
  EXPECT_THAT(r.findings(),
              ElementsAre("1:7 mistyped-closer", "2:7 mistyped-closer", "3:7 mistyped-closer"));
}

TEST(AnnotatedText, SuggestsTheMarkThatWasMeant) {
  const Read r = read("[@12@Page-header*]\n[@a#A*]\n");
  EXPECT_THAT(r.lines(), ElementsAre("-|[@12@Page-header*]", "A|a"));
  EXPECT_THAT(r.findings(), ElementsAre("1:1 unterminated-block", "1:5 mistyped-closer"));
  EXPECT_THAT(r.diagnostics[1].message, HasSubstr("did you mean '#Page-header*]'?"));
}

TEST(AnnotatedText, KeepsTheTextOfAnUnterminatedBlock) {
  const Read r = read("[@ lost\n[@ found #A*]\n[@ open\nend");
  EXPECT_THAT(r.lines(), ElementsAre("-|[@ lost", "A|found", "-|[@ open", "-|end"));
  EXPECT_THAT(r.findings(), ElementsAre("1:1 unterminated-block", "3:1 unterminated-block"));
}

TEST(AnnotatedText, TakesTheInnerOfTwoNestedBlocks) {
  const Read r = read("[@ outer [@ inner #A*] rest #B*]");
  EXPECT_THAT(r.lines(), ElementsAre("A|[@ outer inner rest #B*]"));
  EXPECT_THAT(r.findings(), ElementsAre("1:1 unterminated-block", "1:29 stray-closer"));
}

TEST(AnnotatedText, KeepsAStrayCloserAsText) {
  const Read r = read("a#B*]\n");
  EXPECT_THAT(r.lines(), ElementsAre("-|a#B*]"));
  EXPECT_THAT(r.findings(), ElementsAre("1:2 stray-closer"));
}

TEST(AnnotatedText, ReportsAnEmptyBlock) {
  const Read r = read("[@#A*]\n[@ #B*]\n[@\f\n#C*]\n");
  EXPECT_THAT(r.lines(), ElementsAre("-|", "-|", "-|\f", "-|"));
  EXPECT_THAT(r.findings(), ElementsAre("1:1 empty-block", "2:1 empty-block", "3:1 empty-block"));
}

TEST(AnnotatedText, ReportsAnOpenerAfterOtherText) {
  EXPECT_THAT(read(" [@a#A*]\n").findings(), ElementsAre("1:2 indented-opener"));
  EXPECT_THAT(read("x\nab[@a#A*]\n").findings(), ElementsAre("2:3 indented-opener"));
  EXPECT_THAT(read("[@a#A*] x [@b#B*]\n").findings(), ElementsAre("1:11 indented-opener"));
  EXPECT_THAT(read("[@a#A*] \t[@b#B*][@c#C*]\n[@d#D*]").findings(), IsEmpty());
}

TEST(AnnotatedText, NeedsAWellFormedLabel) {
  for (const char* text : {"[@a#*]", "[@a#B c*]", "[@a# B*]", "[@a#B *]", "[@a#-B*]",
                           "[@a#\u00C4*]", "[@a#B*", "[@a#B", "[@a", "[@", "[@*]", "[@B*]"}) {
    const Read r = read(text);
    EXPECT_EQ(r.document.text, text);
    EXPECT_THAT(r.document.label_names, IsEmpty()) << text;
    EXPECT_EQ(r.findings().front(), "1:1 unterminated-block") << text;
  }
}

TEST(AnnotatedText, TakesALabelOfAMegabyte) {
  const std::string label(1'000'000, 'L');
  const Read r = read("[@a#" + label + "*]\nb#" + label + "*]");
  ASSERT_EQ(r.document.label_names.size(), 1U);
  EXPECT_TRUE(r.document.label_names[0] == label);
  ASSERT_EQ(r.diagnostics.size(), 1U);
  EXPECT_LT(r.diagnostics[0].message.size(), 200U);
}

TEST(AnnotatedText, RestoresNoMarkAcrossBlocks) {
  const Read r = read("[@[#A*]@x#B*]");
  EXPECT_EQ(r.document.text, "[@x#B*]");
  EXPECT_THAT(r.lines(), ElementsAre("A|[@x#B*]"));
}

TEST(AnnotatedText, TakesCrBeforeLfForThePartOfTheLineEnd) {
  const Read r = read("[@ a\r\nb\rc #L*]\r\n[@\r\nd\r\n#M*]\r\n");
  EXPECT_THAT(r.lines(), ElementsAre("L|a", "L|b\rc", "-|", "M|d", "-|"));
  EXPECT_EQ(r.document.lines[1].end, LineEnd::kCrLf);
  EXPECT_THAT(r.findings(), IsEmpty());
}

TEST(AnnotatedText, TellsColumnsInCharactersAndWithoutByteOrderMark) {
  EXPECT_THAT(read("\uFEFF\u00E9\u2014#B*]").findings(), ElementsAre("1:3 stray-closer"));
  EXPECT_THAT(read("\n\f\u00E9#B*]").findings(), ElementsAre("2:3 stray-closer"));
}

TEST(AnnotatedText, HoldsNulBytesAndReplacesWhatIsNotUtf8) {
  EXPECT_THAT(read("[@a\0b#L*]"s).lines(), ElementsAre("L|a\0b"s));
  EXPECT_THAT(read("[@caf\xE9#L*]", TextErrors::kReplace).lines(), ElementsAre("L|caf\uFFFD"));
  EXPECT_THROW(read("[@caf\xE9#L*]"), Error);
}

TEST(AnnotatedText, AppendsToTheDiagnosticsThereAre) {
  std::vector<Diagnostic> diagnostics;
  parse_annotated("a.ann", "#L*]", TextErrors::kStrict, diagnostics);
  parse_annotated("b.ann", "\n[@", TextErrors::kStrict, diagnostics);
  ASSERT_EQ(diagnostics.size(), 2U);
  EXPECT_THAT(to_string(diagnostics[0]), testing::StartsWith("a.ann:1:1: stray-closer: '#L*]'"));
  EXPECT_THAT(to_string(diagnostics[1]), testing::StartsWith("b.ann:2:1: unterminated-block: "));
}

TEST(AnnotatedText, TellsEndlessIrregularitiesInBoundedSpace) {
  constexpr std::size_t kOpeners = 1'000'000;
  std::string bytes;
  for (std::size_t i = 0; i < kOpeners; ++i) bytes += "[@";
  const Read r = read(bytes);
  EXPECT_EQ(r.document.text, bytes);
  ASSERT_EQ(r.diagnostics.size(), kMaxDiagnosticsPerKind);
  std::size_t count = 0;
  for (const Diagnostic& d : r.diagnostics) count += d.count;
  EXPECT_EQ(count, kOpeners);
  EXPECT_THAT(r.diagnostics.back().message, HasSubstr("990000 more"));
}

}  // namespace
}  // namespace skol
