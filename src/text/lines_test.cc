// SPDX-License-Identifier: Apache-2.0
#include "text/lines.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "skol/error.h"

namespace skol {
namespace {

using namespace std::string_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<std::string> lines_of(const Document& document) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < document.lines.size(); ++i) lines.emplace_back(document.line(i));
  return lines;
}

std::vector<std::string> read_lines(std::string bytes) {
  return lines_of(parse_raw("x.txt", std::move(bytes), TextErrors::kStrict));
}

std::string error_of(std::string bytes) {
  try {
    parse_raw("x.txt", std::move(bytes), TextErrors::kStrict);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "no error";
}

TEST(RawText, EndsALineAtLf) {
  EXPECT_THAT(read_lines("a\nb\n"), ElementsAre("a", "b"));
  EXPECT_THAT(read_lines("\n\n"), ElementsAre("", ""));
}

TEST(RawText, CountsALastLineWithoutLf) {
  EXPECT_THAT(read_lines("a\nb"), ElementsAre("a", "b"));
  EXPECT_THAT(read_lines(" "), ElementsAre(" "));
}

TEST(RawText, OfNoBytesHasNoLine) {
  const Document document = parse_raw("empty.txt", "", TextErrors::kStrict);
  EXPECT_EQ(document.id, "empty.txt");
  EXPECT_THAT(document.lines, IsEmpty());
  EXPECT_THAT(document.labels, IsEmpty());
}

TEST(RawText, RemembersHowEachLineEnded) {
  const Document document = parse_raw("x.txt", "a\r\nb\n\r\nc\r\r\nd", TextErrors::kStrict);
  EXPECT_THAT(lines_of(document), ElementsAre("a", "b", "", "c\r", "d"));
  std::vector<LineEnd> ends;
  for (const Line& line : document.lines) ends.push_back(line.end);
  EXPECT_THAT(ends, ElementsAre(LineEnd::kCrLf, LineEnd::kLf, LineEnd::kCrLf, LineEnd::kCrLf,
                                LineEnd::kNone));
}

TEST(RawText, EndsNoLineAtAnythingButLf) {
  EXPECT_THAT(read_lines("a\rb\fc\vd\u0085e\u2028f\n"), ElementsAre("a\rb\fc\vd\u0085e\u2028f"));
  EXPECT_THAT(read_lines("a\r"), ElementsAre("a\r"));
}

TEST(RawText, DropsAByteOrderMarkAtTheStartOnly) {
  EXPECT_THAT(read_lines("\uFEFFa\n\uFEFFb\n"), ElementsAre("a", "\uFEFFb"));
  EXPECT_THAT(read_lines("\uFEFF"), IsEmpty());
}

TEST(RawText, AllowsNulBytes) {
  EXPECT_THAT(read_lines("a\0b\n\0\n"s), ElementsAre("a\0b"s, "\0"s));
}

TEST(RawText, HoldsALineOfTenMegabytes) {
  const std::string line(10'000'000, 'x');
  const Document document = parse_raw("x.txt", line + "\nend\n", TextErrors::kStrict);
  ASSERT_EQ(document.lines.size(), 2U);
  EXPECT_TRUE(document.line(0) == line);
  EXPECT_EQ(document.line(1), "end");
}

TEST(RawText, NamesTheLineOfBytesThatAreNotUtf8) {
  EXPECT_THAT(error_of("a\nb\ncaf\xE9\n"), AllOf(StartsWith("x.txt:3: "), HasSubstr("0xE9")));
  EXPECT_THAT(error_of("\xC0\xAF"), StartsWith("x.txt:1: "));
  EXPECT_THAT(error_of("\n\xED\xA0\x80"), StartsWith("x.txt:2: "));
}

TEST(RawText, SaysThatAFileIsBinary) {
  EXPECT_THAT(error_of("\x7F"
                       "ELF\x02\x01\x01\0\0\0\0\xB0\xFF"s),
              HasSubstr("binary"));
  std::string utf16;
  for (int i = 0; i < 100; ++i) utf16 += "a\0"s;
  EXPECT_THAT(error_of(utf16), AllOf(StartsWith("x.txt:1: "), HasSubstr("UTF-16")));
}

TEST(RawText, KeepsItsErrorsOnOneLineWhateverTheFileIsCalled) {
  try {
    parse_raw("a\nb\x1B[2J.txt", "\xFF", TextErrors::kStrict);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), StartsWith("a\\x0ab\\x1b[2J.txt:1: "));
  }
}

TEST(RawText, ReplacesWhatIsNotUtf8WhenAskedTo) {
  const Document document = parse_raw("x.txt",
                                      "\uFEFF"
                                      "caf\xE9\nb\n",
                                      TextErrors::kReplace);
  EXPECT_THAT(lines_of(document), ElementsAre("caf\uFFFD", "b"));
}

TEST(RawText, ReadsAnythingWhenAskedToReplace) {
  EXPECT_EQ(parse_raw("x", std::string(1000, '\0'), TextErrors::kReplace).text.size(), 1000U);
}

TEST(ClassifiedLine, IsNotBlank) {
  for (const char* blank : {"", " ", "\t \f\v\r", "\f"}) EXPECT_FALSE(is_classified(blank));
  EXPECT_FALSE(is_classified("\n"));
  EXPECT_TRUE(is_classified("\fTaxonomy"));
  EXPECT_TRUE(is_classified("\u00A0"));
  EXPECT_TRUE(is_classified(std::string_view("\0", 1)));
}

TEST(ClassifiedLine, IsNoPageMarker) {
  for (const char* marker :
       {"--- PDF Page 1 ---", "--- PDF Page 12 Label xii ---", "---PDF Page 3---  ",
        "---  PDF \t Page  4Label 5 ---", "--- PDF Page 1 Label --- ---", "--- PDF Page 1 ---\r"}) {
    EXPECT_FALSE(is_classified(marker)) << marker;
  }
}

TEST(ClassifiedLine, MayResembleAPageMarker) {
  for (const char* line :
       {"---", "--- PDF Page ---", "--- PDF Page x ---", " --- PDF Page 1 ---",
        "--- PDF Page 1 --- more", "--- PDF Page 1 Label ---", "--- PDF Page 1 Label a b ---",
        "--- PDF Page 1 --", "--- pdf page 1 ---", "--- PDFPage 1 ---", "--- PDF Page1 ---"}) {
    EXPECT_TRUE(is_classified(line)) << line;
  }
}

}  // namespace
}  // namespace skol
