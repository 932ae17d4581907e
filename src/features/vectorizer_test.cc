// SPDX-License-Identifier: Apache-2.0
#include "features/vectorizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <thread>

#include "skol/error.h"

namespace skol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Lines = std::vector<std::string>;

Vectorizer learn(const Lines& lines, const FeatureOptions& options) {
  VectorizerBuilder builder(options);
  for (const std::string& line : lines) builder.add_line(line);
  return builder.build();
}

FeatureOptions words_only(std::size_t min_doc_freq) {
  return {.min_doc_freq = min_doc_freq, .use_suffixes = false};
}

// The row by names: "word" for words, "-fix" for suffixes.
std::map<std::string, float> row_of(const Vectorizer& vectorizer, std::string_view line) {
  FeatureScratch scratch;
  SparseRows rows;
  vectorizer.append_row(line, scratch, rows);
  const Lines words = vectorizer.words();
  const Lines suffixes = vectorizer.suffixes();
  std::map<std::string, float> result;
  for (std::size_t i = 0; i < rows.entries(); ++i) {
    const std::uint32_t column = rows.columns[i];
    const bool is_word = column < words.size();
    result[is_word ? words[column] : "-" + suffixes[column - words.size()]] = rows.values[i];
  }
  return result;
}

template <typename Action>
std::string error_of(ErrorKind kind, Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(VectorizerBuilder, OrdersWordsByCountThenBytes) {
  const Vectorizer vectorizer = learn({"b a", "C b", "c a", "d"}, words_only(1));
  EXPECT_THAT(vectorizer.words(), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(vectorizer.suffixes(), IsEmpty());
}

TEST(VectorizerBuilder, WeighsTermsByTheLinesThatHoldThem) {
  const Vectorizer vectorizer = learn({"a a b", "a c", "b a"}, words_only(1));
  ASSERT_THAT(vectorizer.words(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(vectorizer.idf(),
              ElementsAre(std::log(4.0 / 4.0), std::log(4.0 / 3.0), std::log(4.0 / 2.0)));
}

TEST(VectorizerBuilder, KeepsTheColumnOfATermInTooFewLines) {
  const Vectorizer vectorizer = learn({"a a b", "c", "b"}, words_only(2));
  ASSERT_THAT(vectorizer.words(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(vectorizer.idf(), ElementsAre(0.0, std::log(4.0 / 3.0), 0.0));
}

TEST(VectorizerBuilder, CountsSuffixesOfEveryToken) {
  const Vectorizer vectorizer = learn({"x yx"}, {.min_doc_freq = 1});
  EXPECT_THAT(vectorizer.words(), ElementsAre("x", "yx"));
  EXPECT_THAT(vectorizer.suffixes(), ElementsAre("x", "yx"));
  const Vectorizer longer = learn({"abcde"}, {.min_doc_freq = 1});
  EXPECT_THAT(longer.suffixes(), ElementsAre("bcde", "cde", "de"));
}

TEST(VectorizerBuilder, CutsEachVocabularyAtItsSize) {
  const Lines lines = {"aa bb cc", "aa bb", "aa"};
  const Vectorizer vectorizer = learn(lines, {.word_vocab_size = 2, .suffix_vocab_size = 1});
  EXPECT_THAT(vectorizer.words(), ElementsAre("aa", "bb"));
  EXPECT_THAT(vectorizer.suffixes(), ElementsAre("aa"));
  EXPECT_EQ(vectorizer.width(), 3u);
}

TEST(VectorizerBuilder, IsAsWideAsTheTermsThereAre) {
  const Vectorizer vectorizer = learn({"aa bb"}, {.word_vocab_size = 1'000'000});
  EXPECT_EQ(vectorizer.width(), 4u);
}

TEST(VectorizerBuilder, TakesTheEmptyLineAsTheEmptyWord) {
  const Vectorizer vectorizer = learn({"", "", "a"}, {.min_doc_freq = 1});
  EXPECT_THAT(vectorizer.words(), ElementsAre("", "a"));
  EXPECT_THAT(vectorizer.suffixes(), ElementsAre("", "a"));
}

TEST(VectorizerBuilder, DoesNotDependOnTheOrderOfLines) {
  const Vectorizer one = learn({"a b", "b c", "d"}, {});
  const Vectorizer other = learn({"d", "b c", "a b"}, {});
  EXPECT_EQ(one.words(), other.words());
  EXPECT_EQ(one.suffixes(), other.suffixes());
  EXPECT_TRUE(std::equal(one.idf().begin(), one.idf().end(), other.idf().begin()));
}

TEST(VectorizerBuilder, NeedsATerm) {
  EXPECT_THAT(error_of(ErrorKind::kInput, [] { learn({}, {}); }), HasSubstr("0 training lines"));
  EXPECT_THAT(error_of(ErrorKind::kInput,
                       [] {
                         learn({" ", "\t"}, {});
                       }),
              HasSubstr("2 training lines"));
}

TEST(VectorizerBuilder, NeedsRoomForATerm) {
  const FeatureOptions none = {.word_vocab_size = 0, .use_suffixes = false};
  EXPECT_THAT(error_of(ErrorKind::kParameter, [&] { VectorizerBuilder builder(none); }),
              HasSubstr("word_vocab_size"));
  EXPECT_THAT(learn({"aa"}, {.word_vocab_size = 0}).suffixes(), ElementsAre("aa"));
}

TEST(Vectorizer, MultipliesCountsWithIdf) {
  const Vectorizer vectorizer({"b", "a"}, {"aa", "b"}, {0.5, 2.0, 0.1, 3.0});
  EXPECT_EQ(row_of(vectorizer, "A b\tAA a"),
            (std::map<std::string, float>{
                {"a", 4.0f}, {"b", 0.5f}, {"-aa", static_cast<float>(3 * 0.1)}, {"-b", 9.0f}}));
}

TEST(Vectorizer, RoundsTheProductOnce) {
  const double idf = 1.0 / 3.0;
  const Vectorizer vectorizer({"a"}, {}, {idf});
  EXPECT_EQ(row_of(vectorizer, "a a a a a a a").at("a"), static_cast<float>(7.0 * idf));
}

TEST(Vectorizer, LeavesOutUnknownAndWeightlessTerms) {
  const Vectorizer vectorizer({"a", "b"}, {}, {0.0, 1.0});
  EXPECT_THAT(row_of(vectorizer, "a c d"), IsEmpty());
  EXPECT_EQ(row_of(vectorizer, "a c b"), (std::map<std::string, float>{{"b", 1.0f}}));
}

TEST(Vectorizer, CountsEmptyTokens) {
  const Vectorizer vectorizer({"", "a"}, {""}, {1.0, 1.0, 1.0});
  EXPECT_EQ(row_of(vectorizer, ""), (std::map<std::string, float>{{"", 1.0f}, {"-", 3.0f}}));
  EXPECT_THAT(row_of(vectorizer, " \t "), IsEmpty());
  EXPECT_EQ(row_of(vectorizer, "  a "),
            (std::map<std::string, float>{{"", 2.0f}, {"a", 1.0f}, {"-", 6.0f}}));
}

TEST(Vectorizer, WritesColumnsInAscendingOrder) {
  const Vectorizer vectorizer({"c", "b", "a"}, {"a"}, {1.0, 1.0, 1.0, 1.0});
  FeatureScratch scratch;
  SparseRows rows;
  vectorizer.append_row("a b c a", scratch, rows);
  EXPECT_THAT(rows.columns, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(rows.values, ElementsAre(1.0f, 1.0f, 2.0f, 6.0f));
}

TEST(Vectorizer, SharesOneScratchWithOthersOfAnyWidth) {
  const Vectorizer narrow({"a"}, {}, {1.0});
  const Vectorizer wide({"x", "y", "a"}, {"a"}, {1.0, 1.0, 1.0, 1.0});
  FeatureScratch scratch;
  SparseRows rows;
  for (int round = 0; round < 2; ++round) {
    rows.clear();
    wide.append_row("a y", scratch, rows);
    narrow.append_row("a a", scratch, rows);
    EXPECT_THAT(rows.columns, ElementsAre(1, 2, 3, 0));
    EXPECT_THAT(rows.values, ElementsAre(1.0f, 1.0f, 3.0f, 2.0f));
  }
}

TEST(Vectorizer, AllocatesNothingForALineLikeTheLast) {
  const Vectorizer vectorizer =
      learn({"pileus 3–5 cm broad", "spores 7–9 µm"}, {.min_doc_freq = 1});
  FeatureScratch scratch;
  SparseRows rows;
  vectorizer.append_row("SPORES 7–9 µm broad", scratch, rows);
  const auto buffers = [&] {
    return std::vector<const void*>{scratch.lower.data(),   scratch.counts.data(),
                                    scratch.touched.data(), scratch.columns.data(),
                                    scratch.values.data(),  rows.columns.data(),
                                    rows.values.data()};
  };
  const auto before = buffers();
  for (int line = 0; line < 100; ++line) {
    rows.clear();
    vectorizer.append_row("spores 7–9 µm broad", scratch, rows);
  }
  EXPECT_EQ(buffers(), before);
}

TEST(Vectorizer, IsRestoredFromItsParts) {
  const Lines lines = {"Pileus 3–5 cm", "pileus convex", "ΑΣ  pileus", ""};
  const Vectorizer learned = learn(lines, {.min_doc_freq = 1});
  const Vectorizer restored(learned.words(), learned.suffixes(),
                            {learned.idf().begin(), learned.idf().end()});
  for (const std::string& line : lines) EXPECT_EQ(row_of(restored, line), row_of(learned, line));
}

TEST(Vectorizer, ServesSeveralThreads) {
  const Vectorizer vectorizer = learn({"a b", "b c", "ab bc"}, {.min_doc_freq = 1});
  const auto work = [&](SparseRows& rows) {
    FeatureScratch scratch;
    for (int i = 0; i < 200; ++i) vectorizer.append_row(i % 2 ? "a b bc" : "c", scratch, rows);
  };
  SparseRows one;
  SparseRows other;
  std::thread thread([&] { work(other); });
  work(one);
  thread.join();
  EXPECT_EQ(one.offsets, other.offsets);
  EXPECT_EQ(one.columns, other.columns);
  EXPECT_EQ(one.values, other.values);
}

TEST(Vectorizer, HandlesALineOfManyMegabytes) {
  const Vectorizer vectorizer({"", "x"}, {}, {1.0, 1.0});
  const std::string blanks = std::string(8'000'000, ' ') + "x";
  EXPECT_EQ(row_of(vectorizer, blanks), (std::map<std::string, float>{{"", 8e6f}, {"x", 1.0f}}));
  EXPECT_THAT(row_of(vectorizer, std::string(8'000'000, 'y')), IsEmpty());
}

TEST(Vectorizer, RefusesPartsThatContradictEachOther) {
  const auto refusal = [](const Lines& words, const Lines& suffixes, std::vector<double> idf) {
    return error_of(ErrorKind::kModel, [&] { Vectorizer(words, suffixes, std::move(idf)); });
  };
  EXPECT_THAT(refusal({"a", "b", "a"}, {}, {1, 1, 1}), HasSubstr("words: entry 2 repeats entry 0"));
  EXPECT_THAT(refusal({}, {"a", "a"}, {1, 1}), HasSubstr("suffixes: entry 1 repeats entry 0"));
  EXPECT_THAT(refusal({"a"}, {"b"}, {1}), HasSubstr("1 IDF weights for 2 terms"));
  EXPECT_THAT(refusal({"a"}, {}, {1, 2}), HasSubstr("2 IDF weights for 1 terms"));
  EXPECT_THAT(refusal({}, {}, {}), HasSubstr("vocabulary is empty"));
  EXPECT_THAT(refusal({"a", "b"}, {}, {0, -1}), HasSubstr("IDF weight -1 of term 1"));
  EXPECT_THAT(refusal({"a"}, {}, {std::nan("")}), HasSubstr("IDF weight nan"));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(refusal({"a"}, {}, {infinity}), HasSubstr("IDF weight inf"));
}

}  // namespace
}  // namespace skol
