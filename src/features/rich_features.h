// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

// From "all" or names with commas between them; Error kParameter naming the nearest.
std::uint32_t parse_feature_groups(std::string_view names);

// Where a line stands between blank ones. Counts end at kMost: more say no more.
struct BlockPlace {
  static constexpr std::uint32_t kMost = 30;
  std::uint32_t blanks_before = 0, blanks_after = 0;  // blank lines next to the line
  std::uint32_t lines_before = 0, lines_after = 0;    // of the same block of text
};

// What one thread needs, kept from line to line so that no line allocates.
struct RichScratch {
  struct Word {
    std::string_view raw, lower, plain;
    std::uint32_t shape_begin = 0, shape_size = 0;  // in `shapes`
  };
  std::string shapes;
  std::string joined;
  std::vector<Word> words;
};

// Adds the key of every feature of the line, in an order of its own; a key may come more than once.
// `lower` is lower_case(line). A key is a hash of 64 bits over the feature's kind and text, so that
// no text of the training lines stands in a model; among 10^5 features, the chance that any other
// one is taken for one of them is 10^5 / 2^64. None is 0. Time is linear in the line.
void append_rich_features(std::string_view line, std::string_view lower, const BlockPlace& place,
                          std::uint32_t groups, RichScratch& scratch,
                          std::vector<std::uint64_t>& keys);

}  // namespace skol
