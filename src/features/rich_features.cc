// SPDX-License-Identifier: Apache-2.0
#include "features/rich_features.h"

#include <utf8proc.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "features/tokenizer.h"

namespace skol {
namespace {

constexpr std::pair<std::string_view, std::uint32_t> kGroupNames[] = {
    {"words", kLowerWords},  {"cased", kCasedWords},    {"plain", kPlainWords},
    {"prefixes", kPrefixes}, {"suffixes", kSuffixes},   {"shapes", kShapes},
    {"ends", kEnds},         {"bigrams", kBigrams},     {"line", kLineLayout},
    {"block", kBlockLayout}, {"all", kAllFeatureGroups}};

// Kinds of features: part of the model file, as the seed of the hash. New ones go to the end.
enum class Kind : std::uint64_t {
  kWord = 1,
  kCasedWord,
  kPlainWord,
  kPrefix,
  kSuffix,
  kShape,
  kFirstWord,
  kSecondWord,
  kLastWord,
  kWordBeforeLast,
  kFirstShape,
  kSecondShape,
  kLastShape,
  kShapeBeforeLast,
  kFirstShapes,
  kLastShapes,
  kLastCharacter,
  kWordPair,
  kShapePair,
  kWordShapePair,
  kShapeWordPair,
  kLength,
  kIndentation,
  kWordCount,
  kCapitals,
  kDigits,
  kPunctuation,
  kBlanksBefore,
  kBlanksAfter,
  kLinesBefore,
  kLinesAfter,
  kBlockLength,
};

// Of a longer word the shape is cut: its beginning tells names, numbers and abbreviations apart.
constexpr std::size_t kMostShape = 12;

std::uint64_t key_of(Kind kind, std::string_view text) {
  const std::uint64_t hash =
      XXH3_64bits_withSeed(text.data(), text.size(), static_cast<std::uint64_t>(kind));
  return hash == 0 ? 1 : hash;
}

bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}
bool is_capital(char byte) {
  return byte >= 'A' && byte <= 'Z';
}
bool is_small(char byte) {
  return byte >= 'a' && byte <= 'z';
}
bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}
bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}
// Letters and digits; every character beyond ASCII is taken for a letter here.
bool is_of_word(char byte) {
  return !is_ascii(byte) || is_small(byte) || is_capital(byte) || is_digit(byte);
}

std::string_view without_punctuation(std::string_view word) {
  while (!word.empty() && !is_of_word(word.front())) word.remove_prefix(1);
  while (!word.empty() && !is_of_word(word.back())) word.remove_suffix(1);
  return word;
}

// X for capitals, x for other letters, 9 for digits, ASCII punctuation as it is, - for any other.
char class_of(std::string_view word, std::size_t at, std::size_t& length) {
  const char byte = word[at];
  length = 1;
  if (is_small(byte)) return 'x';
  if (is_capital(byte)) return 'X';
  if (is_digit(byte)) return '9';
  if (is_ascii(byte)) return byte;
  utf8proc_int32_t code_point = -1;
  const std::size_t most = std::min<std::size_t>(4, word.size() - at);
  const auto read = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(word.data() + at),
                                     static_cast<utf8proc_ssize_t>(most), &code_point);
  if (read <= 0) return '-';
  length = static_cast<std::size_t>(read);
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return 'X';
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
      return 'x';
    case UTF8PROC_CATEGORY_ND:
      return '9';
    default:
      return '-';
  }
}

// Runs of one class become one letter of the shape.
void append_shape(std::string_view word, std::string& shapes) {
  const std::size_t begin = shapes.size();
  char before = 0;
  for (std::size_t at = 0, length; at < word.size() && shapes.size() < begin + kMostShape;
       at += length) {
    const char now = class_of(word, at, length);
    if (now != before) shapes.push_back(now);
    before = now;
  }
}

// The line's words: the same pieces of the text and of its lower case, which keeps the blanks.
void split(std::string_view line, std::string_view lower, RichScratch& scratch) {
  scratch.words.clear();
  scratch.shapes.clear();
  std::size_t at = 0, low = 0;
  while (true) {
    while (at < line.size() && is_separator(line[at])) ++at;
    while (low < lower.size() && is_separator(lower[low])) ++low;
    if (at == line.size() || low == lower.size()) return;
    const std::size_t begin = at, low_begin = low;
    while (at < line.size() && !is_separator(line[at])) ++at;
    while (low < lower.size() && !is_separator(lower[low])) ++low;
    RichScratch::Word word;
    word.raw = line.substr(begin, at - begin);
    word.lower = lower.substr(low_begin, low - low_begin);
    word.plain = without_punctuation(word.lower);
    word.shape_begin = static_cast<std::uint32_t>(scratch.shapes.size());
    append_shape(word.raw, scratch.shapes);
    word.shape_size = static_cast<std::uint32_t>(scratch.shapes.size()) - word.shape_begin;
    scratch.words.push_back(word);
  }
}

// The keys of one line.
class LineKeys {
 public:
  LineKeys(RichScratch& scratch, std::uint32_t groups, std::vector<std::uint64_t>& keys)
      : scratch_(scratch), words_(scratch.words), groups_(groups), keys_(keys) {}

  void words() {
    for (const RichScratch::Word& word : words_) {
      if (has(kLowerWords)) add(Kind::kWord, word.lower);
      if (has(kCasedWords)) add(Kind::kCasedWord, word.raw);
      if (has(kPlainWords) && !word.plain.empty()) add(Kind::kPlainWord, word.plain);
      if (has(kPrefixes)) prefixes(word.plain);
      if (has(kSuffixes)) suffixes(word.plain);
      if (has(kShapes)) add(Kind::kShape, shape(word));
    }
    if (!has(kBigrams)) return;
    for (std::size_t i = 1; i < words_.size(); ++i) {
      add_joined(Kind::kWordPair, {words_[i - 1].plain, words_[i].plain});
      add_joined(Kind::kShapePair, {shape(words_[i - 1]), shape(words_[i])});
      add_joined(Kind::kWordShapePair, {words_[i - 1].plain, shape(words_[i])});
      add_joined(Kind::kShapeWordPair, {shape(words_[i - 1]), words_[i].plain});
    }
  }

  void ends() {
    const std::size_t n = words_.size();
    if (!has(kEnds) || n == 0) return;
    add(Kind::kFirstWord, words_[0].plain);
    add(Kind::kFirstShape, shape(words_[0]));
    add(Kind::kLastWord, words_[n - 1].plain);
    add(Kind::kLastShape, shape(words_[n - 1]));
    const std::string_view last = words_[n - 1].raw;
    std::size_t at = last.size() - 1;
    while (at > 0 && continues(last[at])) --at;
    add(Kind::kLastCharacter, last.substr(at));
    if (n > 1) {
      add(Kind::kSecondWord, words_[1].plain);
      add(Kind::kSecondShape, shape(words_[1]));
      add(Kind::kWordBeforeLast, words_[n - 2].plain);
      add(Kind::kShapeBeforeLast, shape(words_[n - 2]));
    }
    add_joined(Kind::kFirstShapes,
               {shape(words_[0]), n > 1 ? shape(words_[1]) : "", n > 2 ? shape(words_[2]) : ""});
    add_joined(Kind::kLastShapes, {n > 1 ? shape(words_[n - 2]) : "", shape(words_[n - 1])});
  }

  // Classes of numbers, fine where most lines are.
  void line_layout(std::string_view line) {
    if (!has(kLineLayout)) return;
    std::size_t begin = 0, end = line.size();
    while (begin < end && is_separator(line[begin])) ++begin;
    while (end > begin && is_separator(line[end - 1])) --end;
    std::size_t capitals = 0, letters = 0, digits = 0, marks = 0, length = 0;
    for (const char byte : line.substr(begin, end - begin)) {
      length += !continues(byte);
      capitals += is_capital(byte);
      digits += is_digit(byte);
      letters += is_small(byte) || is_capital(byte) || (!is_ascii(byte) && !continues(byte));
      marks += is_ascii(byte) && !is_of_word(byte) && !is_separator(byte);
    }
    const auto percent = [](std::size_t part, std::size_t all) {
      return 100 * part / std::max<std::size_t>(all, 1);
    };
    add_class(Kind::kLength, length, {3, 8, 15, 25, 35, 45, 55, 65, 75, 90, 120});
    add_class(Kind::kIndentation, begin, {0, 1, 2, 4, 8, 16});
    add_class(Kind::kWordCount, words_.size(), {1, 2, 3, 4, 6, 8, 10, 12, 15});
    add_class(Kind::kCapitals, percent(capitals, letters), {0, 2, 5, 10, 15, 25, 50, 80});
    add_class(Kind::kDigits, percent(digits, length), {0, 2, 5, 10, 20, 40});
    add_class(Kind::kPunctuation, percent(marks, length), {0, 2, 4, 7, 10, 20, 40});
  }

  void block_layout(const BlockPlace& place) {
    if (!has(kBlockLayout)) return;
    add_class(Kind::kBlanksBefore, place.blanks_before, {0, 1, 2, 3});
    add_class(Kind::kBlanksAfter, place.blanks_after, {0, 1, 2, 3});
    add_class(Kind::kLinesBefore, place.lines_before, {0, 1, 2, 3, 5, 8, 12, 20});
    add_class(Kind::kLinesAfter, place.lines_after, {0, 1, 2, 3, 5, 8, 12, 20});
    add_class(Kind::kBlockLength, place.lines_before + place.lines_after + 1,
              {1, 2, 3, 4, 6, 9, 14, 25});
  }

 private:
  bool has(FeatureGroup group) const { return (groups_ & group) != 0; }
  std::string_view shape(const RichScratch::Word& word) const {
    return std::string_view(scratch_.shapes).substr(word.shape_begin, word.shape_size);
  }
  void add(Kind kind, std::string_view text) { keys_.push_back(key_of(kind, text)); }
  // Words hold no blank, so a blank between them keeps them apart.
  void add_joined(Kind kind, std::initializer_list<std::string_view> parts) {
    scratch_.joined.clear();
    for (const std::string_view part : parts) scratch_.joined.append(part).push_back(' ');
    add(kind, scratch_.joined);
  }
  void add_class(Kind kind, std::size_t value, std::initializer_list<std::size_t> limits) {
    const auto at = std::lower_bound(limits.begin(), limits.end(), value);
    const char number = static_cast<char>('a' + (at - limits.begin()));
    add(kind, {&number, 1});
  }

  // Of two to four code points, shorter than the word.
  void prefixes(std::string_view word) {
    std::size_t at = 0;
    for (std::size_t points = 1; points <= 4; ++points) {
      do {
        ++at;
      } while (at < word.size() && continues(word[at]));
      if (at >= word.size()) return;
      if (points > 1) add(Kind::kPrefix, word.substr(0, at));
    }
  }
  void suffixes(std::string_view word) {
    std::size_t at = word.size();
    for (std::size_t points = 1; points <= 4; ++points) {
      if (at == 0) return;
      do {
        --at;
      } while (at > 0 && continues(word[at]));
      if (at == 0) return;
      if (points > 1) add(Kind::kSuffix, word.substr(at));
    }
  }

  RichScratch& scratch_;
  const std::vector<RichScratch::Word>& words_;
  std::uint32_t groups_;
  std::vector<std::uint64_t>& keys_;
};

}  // namespace

std::uint32_t parse_feature_groups(std::string_view names) {
  std::uint32_t groups = 0;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    const std::string_view name = names.substr(begin, end - begin);
    const auto found = std::find_if(std::begin(kGroupNames), std::end(kGroupNames),
                                    [&](const auto& group) { return group.first == name; });
    if (found == std::end(kGroupNames)) {
      std::vector<std::string_view> known;
      for (const auto& group : kGroupNames) known.push_back(group.first);
      fail(ErrorKind::kParameter, "feature_groups names {}: expected some of {}; did you mean {}?",
           in_quotes(name), fmt::join(known, ", "), nearest_name(name, known));
    }
    groups |= found->second;
    begin = end + 1;
  }
  return groups;
}

void append_rich_features(std::string_view line, std::string_view lower, const BlockPlace& place,
                          std::uint32_t groups, RichScratch& scratch,
                          std::vector<std::uint64_t>& keys) {
  split(line, lower, scratch);
  LineKeys features(scratch, groups, keys);
  features.words();
  features.ends();
  features.line_layout(line);
  features.block_layout(place);
}

}  // namespace skol
