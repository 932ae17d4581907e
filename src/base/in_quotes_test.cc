// SPDX-License-Identifier: Apache-2.0
#include "base/in_quotes.h"

#include <gtest/gtest.h>

namespace skol {
namespace {

TEST(InQuotes, LeavesPrintableTextInAnyScript) {
  EXPECT_EQ(in_quotes(""), "''");
  EXPECT_EQ(in_quotes("Amanita muscaria.ann"), "'Amanita muscaria.ann'");
  EXPECT_EQ(in_quotes("descrição/菌/🍄"), "'descrição/菌/🍄'");
}

TEST(InQuotes, MakesControlsVisibleSoThatAMessageStaysOneLine) {
  using namespace std::string_view_literals;
  EXPECT_EQ(in_quotes("a\nb\r\t\x1b[31m\x7f"), "'a\\x0ab\\x0d\\x09\\x1b[31m\\x7f'");
  EXPECT_EQ(in_quotes("a\0b"sv), "'a\\x00b'");
  EXPECT_EQ(in_quotes("\xc2\x9b"), "'\\xc2\\x9b'");  // U+009B, a terminal's other escape
}

TEST(InQuotes, MakesBytesVisibleThatAreNotUtf8) {
  EXPECT_EQ(in_quotes("\xff"), "'\\xff'");
  EXPECT_EQ(in_quotes("\xc3"), "'\\xc3'");
  EXPECT_EQ(in_quotes("\xc0\xaf"), "'\\xc0\\xaf'");                    // overlong
  EXPECT_EQ(in_quotes("\xe0\x80\xaf"), "'\\xe0\\x80\\xaf'");           // overlong
  EXPECT_EQ(in_quotes("\xed\xa0\x80"), "'\\xed\\xa0\\x80'");           // surrogate
  EXPECT_EQ(in_quotes("\xf4\x90\x80\x80"), "'\\xf4\\x90\\x80\\x80'");  // above U+10FFFF
  EXPECT_EQ(in_quotes("\xe8\x8f"), "'\\xe8\\x8f'");                    // cut short
}

TEST(InQuotes, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(in_quotes("abcdef", 3), "'abc...'");
  EXPECT_EQ(in_quotes("abc", 3), "'abc'");
  EXPECT_EQ(in_quotes("ééé", 3), "'éé...'");
}

}  // namespace
}  // namespace skol
