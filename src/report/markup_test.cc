// SPDX-License-Identifier: Apache-2.0
#include "report/markup.h"

#include <gtest/gtest.h>

namespace skol {
namespace {

TEST(MarkupTest, EscapesWhatMeansSomethingInMarkup) {
  EXPECT_EQ(escaped("<a href=\"x\" b='y'>&amp;"),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
  EXPECT_EQ(escaped("spores 8\xC2\xB5m, \xF0\x9F\x8D\x84\tand\nmore"),
            "spores 8\xC2\xB5m, \xF0\x9F\x8D\x84\tand\nmore");
}

TEST(MarkupTest, ReplacesWhatXmlMayNotHold) {
  EXPECT_EQ(escaped(std::string_view("a\0b\x1b[31m\x7f\r", 10)), "a\uFFFDb\uFFFD[31m\uFFFD\uFFFD");
  EXPECT_EQ(escaped("\xC2\x85 \xEF\xBF\xBE \xEF\xBF\xBF"), "\uFFFD \uFFFD \uFFFD");
  EXPECT_EQ(escaped("bad \xff\xc3 bytes \xed\xa0\x80"),
            "bad \uFFFD\uFFFD bytes \uFFFD\uFFFD\uFFFD");
}

TEST(MarkupTest, ReplacesWhatTurnsTheReadingOrder) {
  EXPECT_EQ(escaped("a\u202Etxt.exe\u2066"), "a\uFFFDtxt.exe\uFFFD");
  EXPECT_EQ(escaped("\u05D0\u05D1"), "\u05D0\u05D1");  // letters that run that way by themselves
}

TEST(MarkupTest, ALineShowsItsControls) {
  const std::string_view line("\f12\t\0\x1b[0m\xff", 10);
  EXPECT_EQ(drawable_line(line), "^L12\t^@^[[0m\uFFFD");
}

TEST(MarkupTest, JsonInAScriptCannotEndIt) {
  EXPECT_EQ(json_in_script("[\"</script><!-- &amp; \\\" ]]>\"]"),
            "[\"\\u003c/script\\u003e\\u003c!-- \\u0026amp; \\\" ]]\\u003e\"]");
}

TEST(MarkupTest, WidthFollowsFontAndLetters) {
  EXPECT_DOUBLE_EQ(text_width("abc", 24), 2 * text_width("abc", 12));
  EXPECT_LT(text_width("iiii", 12), text_width("mmmm", 12));
  EXPECT_DOUBLE_EQ(text_width("\u6F22\u5B57", 12), 24);
  EXPECT_EQ(text_width("", 12), 0);
}

TEST(MarkupTest, CutsATextThatDoesNotFit) {
  EXPECT_EQ(fitted("partition 3", 200, 12), "partition 3");
  const std::string cut = fitted(std::string(1000, 'n'), 100, 12);
  EXPECT_TRUE(cut.ends_with("n\u2026")) << cut;
  EXPECT_LE(text_width(cut, 12), 100);
  EXPECT_GT(text_width(cut, 12), 80);
  // Never within a character.
  EXPECT_EQ(fitted("\u6F22\u5B57\u6F22\u5B57", 36, 12), "\u6F22\u5B57\u2026");
  EXPECT_EQ(fitted("abc", 0, 12), "\u2026");
}

}  // namespace
}  // namespace skol
