// SPDX-License-Identifier: Apache-2.0
#include "features/lower_case.h"

#include <gtest/gtest.h>

#include <random>

namespace skol {
namespace {

std::string lower(std::string_view text) {
  std::string buffer;
  return std::string(lower_case(text, buffer));
}

TEST(LowerCase, MapsEveryAsciiCapitalAndNothingElseOfAscii) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const bool capital = byte >= 'A' && byte <= 'Z';
    // Alone and within a run of eight: two paths.
    const std::string one(1, static_cast<char>(byte));
    const std::string expected(1, static_cast<char>(capital ? byte + 32 : byte));
    EXPECT_EQ(lower(one), expected) << byte;
    EXPECT_EQ(lower("ABCDE" + one + "FGHIJ"), "abcde" + expected + "fghij") << byte;
  }
}

TEST(LowerCase, KeepsNulAndEmptyText) {
  EXPECT_EQ(lower(""), "");
  EXPECT_EQ(lower(std::string_view("A\0B", 3)), std::string_view("a\0b", 3));
}

TEST(LowerCase, MapsLettersBeyondAscii) {
  EXPECT_EQ(lower("ÉÑÜ Ætnæ"), "éñü ætnæ");
  EXPECT_EQ(lower("ЖУК ԱՐԵՎ"), "жук արեվ");
  EXPECT_EQ(lower("STRAẞE"), "straße");
  EXPECT_EQ(lower("ǅ Ǆ"), "ǆ ǆ");
  EXPECT_EQ(lower("𐐀Ⰰ"), "𐐨ⰰ");
}

TEST(LowerCase, KeepsWhatHasNoLowerCase) {
  EXPECT_EQ(lower("ﬁ ﬀ ß µm × – “菌類” 5–7 ª"), "ﬁ ﬀ ß µm × – “菌類” 5–7 ª");
}

TEST(LowerCase, KeepsTheDotOfTurkishCapitalI) {
  EXPECT_EQ(lower("İSTANBUL"), "i\u0307stanbul");
  EXPECT_EQ(lower("I"), "i");
}

TEST(LowerCase, MapsLettersWhoseLowerCaseNeedsMoreOrFewerBytes) {
  EXPECT_EQ(lower("Ⱥ"), "ⱥ");       // two bytes to three
  EXPECT_EQ(lower("\u2126"), "ω");  // three to two
  EXPECT_EQ(lower("\u212A"), "k");  // three to one
  std::string capitals;
  std::string small;
  for (int i = 0; i < 1000; ++i) {
    capitals += "İȺ";
    small += "i\u0307ⱥ";
  }
  EXPECT_EQ(lower(capitals), small);
}

TEST(LowerCase, EndsAWordWithFinalSigma) {
  EXPECT_EQ(lower("ΑΣ"), "ας");
  EXPECT_EQ(lower("ΑΣ ΒΣ, (ΓΣ)"), "ας βς, (γς)");
  EXPECT_EQ(lower("ΟΔΥΣΣΕΥΣ"), "οδυσσευς");
  EXPECT_EQ(lower("ΣΣ"), "σς");
}

TEST(LowerCase, KeepsSigmaThatStandsAloneOrBeforeALetter) {
  EXPECT_EQ(lower("Σ"), "σ");
  EXPECT_EQ(lower("1Σ"), "1σ");
  EXPECT_EQ(lower("ΣΑ"), "σα");
  EXPECT_EQ(lower("菌Σ"), "菌σ");
}

TEST(LowerCase, LooksForFinalSigmaPastMarksAndPunctuationInsideWords) {
  EXPECT_EQ(lower("Α\u0301Σ"), "α\u0301ς");
  EXPECT_EQ(lower("ΑΣ\u0301"), "ας\u0301");
  EXPECT_EQ(lower("ΑΣ\u00ADΒ"), "ασ\u00ADβ");
  EXPECT_EQ(lower("ΑΣ.Β"), "ασ.β");
  EXPECT_EQ(lower("ΑΣ."), "ας.");
  EXPECT_EQ(lower("ⅠΣ"), "ⅰς");
}

TEST(LowerCase, KeepsBytesThatAreNotUtf8) {
  EXPECT_EQ(lower("A\xFF\x80"), "a\xFF\x80");
  EXPECT_EQ(lower("\xC3"), "\xC3");
  EXPECT_EQ(lower("\xED\xA0\x80Z"), "\xED\xA0\x80z");
  EXPECT_EQ(lower("\xC0\x80"
                  "B\xCE\xA3\xF0\x9F"),
            "\xC0\x80"
            "b\xCF\x82\xF0\x9F");
}

TEST(LowerCase, StaysInItsBufferOnRandomBytes) {
  std::mt19937 random(1);
  const std::string pieces[] = {"A", "İ", "Ⱥ", "Σ", "\xFF", "\xC3", "'", "z", "\u0301", "𐐀"};
  std::string buffer;
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto n = random() % 40; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const std::string first(lower_case(text, buffer));
    EXPECT_EQ(first, lower(text));
    EXPECT_LE(first.size(), text.size() + text.size() / 2);
  }
}

TEST(LowerCase, TakesLinearTimeWhereEverySigmaLooksAround) {
  std::string text = "Σ";
  for (int i = 0; i < 200'000; ++i) text += i % 1000 == 0 ? "Σ" : "'";
  EXPECT_EQ(lower(text).size(), text.size());
}

TEST(LowerCase, UsesItsBufferAgain) {
  std::string buffer;
  lower_case(std::string(100, 'A'), buffer);
  const char* const before = buffer.data();
  EXPECT_EQ(lower_case("ÄB", buffer), "äb");
  EXPECT_EQ(buffer.data(), before);
}

}  // namespace
}  // namespace skol
