// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

#include <gmock/gmock.h>

#include <string>

namespace skol {
namespace {

using namespace std::string_literals;

void expect_ill_formed(std::string_view text, std::size_t offset, std::size_t size) {
  SCOPED_TRACE(testing::PrintToString(text));
  const auto part = find_ill_formed(text);
  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->offset, offset);
  EXPECT_EQ(part->size, size);
}

// Every scalar value, encoded by the definition (Unicode 15, table 3-6).
std::string encode(unsigned value) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80 | ((value >> shift) & 63));
  };
  if (value < 0x80) return {static_cast<char>(value)};
  if (value < 0x800) return {static_cast<char>(0xC0 | (value >> 6)), tail(0)};
  if (value < 0x10000) return {static_cast<char>(0xE0 | (value >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | (value >> 18)), tail(12), tail(6), tail(0)};
}

TEST(Utf8, TakesEveryScalarValueAndNoSurrogate) {
  for (unsigned value = 0; value < 0x110000; ++value) {
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    ASSERT_EQ(find_ill_formed(encode(value)).has_value(), surrogate) << value;
    ASSERT_EQ(count_code_points(encode(value)), 1U) << value;
  }
}

TEST(Utf8, FindsOverlongFormsSurrogatesAndWhatLiesBeyondUnicode) {
  expect_ill_formed("a\xC0\xAF", 1, 1);
  expect_ill_formed("\xE0\x80\xAF", 0, 1);
  expect_ill_formed("\xF0\x80\x80\xAF", 0, 1);
  expect_ill_formed("ab\xED\xA0\x80", 2, 1);
  expect_ill_formed("\xF4\x90\x80\x80", 0, 1);
  expect_ill_formed("\xF5\x80\x80\x80", 0, 1);
  expect_ill_formed("\xFF", 0, 1);
}

TEST(Utf8, FindsSequencesThatStopShort) {
  expect_ill_formed("\xC3", 0, 1);
  expect_ill_formed("x\xE2\x82", 1, 2);
  expect_ill_formed("\xE2\x82 ", 0, 2);
  expect_ill_formed("\xF0\x9F\x98", 0, 3);
  expect_ill_formed("\x80", 0, 1);
}

TEST(Utf8, FindsAFaultAtAnyPlaceInALongAsciiText) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = '\xFF';
    expect_ill_formed(text, at, 1);
  }
}

TEST(Utf8, GoesOnFromAGivenPlace) {
  const std::string text =
      "\xFF"
      "a\xFE";
  EXPECT_EQ(find_ill_formed(text, 1)->offset, 2U);
  EXPECT_EQ(find_ill_formed(text, 3), std::nullopt);
}

TEST(Utf8, ReplacesEachMaximalIllFormedPartOnce) {
  EXPECT_EQ(replace_ill_formed("caf\xE9!"), "caf\uFFFD!");
  EXPECT_EQ(replace_ill_formed("\xE2\x82-\xC0\xAF"), "\uFFFD-\uFFFD\uFFFD");
  EXPECT_EQ(replace_ill_formed("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(replace_ill_formed("na\u00EFve \U0001F344"), "na\u00EFve \U0001F344");
  EXPECT_EQ(replace_ill_formed(""), "");
}

TEST(Utf8, KeepsNulBytes) {
  EXPECT_EQ(find_ill_formed("a\0b"s), std::nullopt);
  EXPECT_EQ(replace_ill_formed("a\0\xFF"s), "a\0\uFFFD"s);
}

}  // namespace
}  // namespace skol
