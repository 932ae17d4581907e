// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "features/line_layout.h"

namespace skol {

// What a rich feature is made from. The mask of a vocabulary's groups is a sum of these.
enum FeatureGroup : std::uint32_t {
  kLowerWords = 1,     // words in lower case, with the punctuation that touches them
  kCasedWords = 2,     // words as they stand
  kPlainWords = 4,     // words in lower case, without punctuation around them
  kPrefixes = 8,       // the first two, three and four code points of plain words
  kSuffixes = 16,      // the last two, three and four
  kShapes = 32,        // of words: runs of capitals, letters and digits, and the punctuation
  kEnds = 64,          // the first two and the last two words and shapes of a line by themselves
  kBigrams = 128,      // two plain words, and the shapes of two words, side by side
  kLineLayout = 256,   // length, indentation, words; shares of capitals, digits and punctuation
  kBlockLayout = 512,  // blank lines around the line, its place in its block of text
};
inline constexpr std::uint32_t kAllFeatureGroups = 1023;

// From "all" or names with commas between them, taken in turn; a - before a name takes it away
// again: "all,-prefixes". Error kParameter naming the nearest, and where none is left.
std::uint32_t parse_feature_groups(std::string_view names);

// The words of a line, and what one thread needs to name its features, kept from line to line so
// that no line allocates. A view of the line, which outlives it.
struct LineWords {
  struct Word {
    std::string_view raw, lower, plain;
  };
  // A piece of text for each word, with a blank behind it: words hold none, so pieces stay apart.
  class Chain {
   public:
    // Bytes behind a piece that may be read, and behind the last one, written: a piece is copied
    // by so many bytes at once.
    static constexpr std::size_t kSlack = 16;

    // Empties it and makes room for so many pieces of so many bytes together.
    void begin(std::size_t pieces, std::size_t bytes);
    // A piece that there is room for, with kSlack bytes behind it.
    void append(std::string_view piece);
    // The same in two steps, for a piece that is made in its place.
    char* next() { return &text_[at_[size_]]; }
    void end_next(std::size_t bytes) {
      at_[size_ + 1] = at_[size_] + bytes + 1;
      text_[at_[++size_] - 1] = ' ';
    }
    std::string_view piece(std::size_t i) const {
      return {&text_[at_[i]], at_[i + 1] - at_[i] - 1};
    }
    // With the blank behind each.
    std::string_view pieces(std::size_t first, std::size_t count) const {
      return {&text_[at_[first]], at_[first + count] - at_[first]};
    }

   private:
    std::vector<char> text_;
    std::vector<std::size_t> at_;  // where each begins, and the end
    std::size_t size_ = 0;         // pieces
  };

  std::string lower;  // the line in lower case, and kSlack bytes
  std::vector<Word> words;
  Chain shapes, plains;
  Chain mixed[2];  // of each word, in turn, the plain form and the shape; the shape and the plain
  std::string joined;
};

void split_words(std::string_view line, LineWords& words);

// Features have keys: hashes of 64 bits over the feature's kind and text, so that no text of the
// training lines stands in a model; among 10^5 features, the chance that any other one is taken for
// one of them is 10^5 / 2^64. None is 0. The functions below write the keys of the given groups and
// return the end of them; a key may come more than once. Time is linear in the text.

// Of the i-th word by itself. The same for the same raw word in every line.
inline constexpr std::size_t kMostKeysOfWord = 10;
std::uint64_t* word_keys(const LineWords& words, std::size_t i, std::uint32_t groups,
                         std::uint64_t* keys);

// Of words side by side and at the ends.
inline std::size_t most_line_keys(std::size_t words) {
  return 4 * words + 11;
}
std::uint64_t* line_keys(LineWords& words, std::uint32_t groups, std::uint64_t* keys);

// Of the i-th number of a line's layout.
std::uint64_t layout_key(std::size_t i, std::uint8_t number);
inline bool has_layout(std::uint32_t groups, std::size_t i) {
  return (groups & (i < kLineNumbers ? kLineLayout : kBlockLayout)) != 0;
}

// All of a line: of each word, of words side by side and at the ends, of the layout.
void append_rich_features(std::string_view line, const BlockPlace& place, std::uint32_t groups,
                          LineWords& words, std::vector<std::uint64_t>& keys);

// Of these, those that tell how the line is built and not what it says: shapes and layout.
void append_form_features(std::string_view line, const BlockPlace& place, std::uint32_t groups,
                          LineWords& words, std::vector<std::uint64_t>& keys);

}  // namespace skol
