// SPDX-License-Identifier: Apache-2.0
// What the page holds; what it does is tested in a browser, in tests/cli.
#include "report/view_page.h"

#include <gmock/gmock.h>

#include "report/json_report.h"
#include "report/view_script.h"

namespace skol {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kLabels = {"Misc-exposition", "Description"};

// Every classified line gets the label 1 with probability 0.75.
LabelledDocument labelled(Document document) {
  LabelledDocument out;
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    const bool classified = is_classified(document.line(i));
    out.labels.push_back(classified ? 1 : kNoLabel);
    out.probabilities.push_back(classified ? 0.25f : 0.0f);
    out.probabilities.push_back(classified ? 0.75f : 0.0f);
  }
  out.document = std::move(document);
  return out;
}

Document annotated(const std::string& text, std::string id = "a.ann") {
  std::vector<Diagnostic> diagnostics;
  return parse_annotated(std::move(id), text, TextErrors::kStrict, diagnostics);
}

std::string page_of(const Document& document, bool collapsed = false) {
  ViewPage page(kLabels, collapsed, "skol view m a");
  page.add(labelled(document));
  return std::move(page).finish();
}

// What the script reads from the element with this id.
Json data_in(const std::string& html, const std::string& id) {
  const std::string tag = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t begin = html.find(tag) + tag.size();
  return Json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(ViewPage, HoldsLinesLabelsAndAnnotation) {
  const std::string html = page_of(annotated("[@ a #Description*]\n\n[@ b #Key*]\nc\n"));
  const Json data = data_in(html, "document-0");
  EXPECT_EQ(data["text"], "a\n\nb\nc");
  EXPECT_EQ(data["labels"], Json({1, -1, 1, 1}));
  EXPECT_EQ(data["probabilities"], Json({75, 0, 75, 75}));
  EXPECT_EQ(data["gold"], Json({1, -1, 2, -1}));
  const Json contents = data_in(html, "contents");
  EXPECT_EQ(contents["labels"], Json({"Misc-exposition", "Description", "Key"}));
  EXPECT_EQ(contents["modelLabels"], 2);
  EXPECT_EQ(contents["documents"], Json::parse(R"([{"id": "a.ann", "lines": 4, "goldLines": 2,
                                                    "disagreements": 1}])"));
}

TEST(ViewPage, AnnotationsAreCollapsedAsTheModelsLabels) {
  const Json data =
      data_in(page_of(annotated("[@ a #Description*]\n[@ b #Key*]\n"), true), "document-0");
  EXPECT_EQ(data["gold"], Json({1, 0}));
}

TEST(ViewPage, TextWithoutAnnotationHasNone) {
  const Json data =
      data_in(page_of(parse_raw("a.txt", "a\nb\n", TextErrors::kStrict)), "document-0");
  EXPECT_FALSE(data.contains("gold"));
}

TEST(ViewPage, CountsWhatItShows) {
  ViewPage page(kLabels, false, "");
  page.add(labelled(annotated("[@ a #Description*]\n\n[@ b #Key*]\nc\n")));
  page.add(labelled(parse_raw("b", "a\n", TextErrors::kStrict)));
  EXPECT_EQ(page.counts().documents, 2U);
  EXPECT_EQ(page.counts().lines, 5U);
  EXPECT_EQ(page.counts().blank_lines, 1U);
  EXPECT_EQ(page.counts().gold_lines, 2U);
  EXPECT_EQ(page.counts().disagreements, 1U);
  const std::string html = std::move(page).finish();
  EXPECT_THAT(html, HasSubstr("5 lines of 2 documents"));
  EXPECT_EQ(data_in(html, "contents")["documents"].size(), 2U);
}

TEST(ViewPage, HostileTextIsData) {
  const std::string hostile =
      "</script><script>alert(1)</script> <!-- ]]> <img src=x onerror=alert(2)> \" ' & \u202E \x0c";
  const std::string plain = page_of(parse_raw("a.txt", "text\n", TextErrors::kStrict));
  const std::string html =
      page_of(parse_raw("<b>\"a'</script>", hostile + "\n", TextErrors::kStrict));
  for (const char* part : {"<script", "</script", "<img", "<b>", "<!--", "]]>"}) {
    EXPECT_EQ(count_of(html, part), count_of(plain, part)) << part;
  }
  EXPECT_EQ(data_in(html, "document-0")["text"],
            "</script><script>alert(1)</script> <!-- ]]> <img src=x onerror=alert(2)> \" ' & "
            "\uFFFD ^L");
  EXPECT_EQ(data_in(html, "contents")["documents"][0]["id"], "<b>\"a'</script>");
}

TEST(ViewPage, AllowsNothingButItsScript) {
  const std::string html = page_of(parse_raw("a.txt", "text\n", TextErrors::kStrict));
  EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'unsafe-inline'; script-src '" +
                              std::string(kViewScriptHash) + "'\""));
  EXPECT_THAT(html, HasSubstr("<script>" + std::string(kViewScript) + "</script>"));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  EXPECT_THAT(html, Not(HasSubstr("href=")));
}

TEST(ViewPage, ALineTakesFewBytesBesideItsText) {
  std::string text;
  for (std::size_t i = 0; i < 10'000; ++i) text += "x\n";
  EXPECT_LT(page_of(parse_raw("a.txt", text, TextErrors::kStrict)).size(), 40'000U + 10 * 10'000U);
}

TEST(ViewPage, AnEmptyDocumentIsAPageToo) {
  const std::string html = page_of(parse_raw("a.txt", "", TextErrors::kStrict));
  EXPECT_EQ(data_in(html, "contents")["documents"][0]["lines"], 0);
}

}  // namespace
}  // namespace skol
