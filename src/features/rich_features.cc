// SPDX-License-Identifier: Apache-2.0
#include "features/rich_features.h"

#include <utf8proc.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "features/characters.h"
#include "features/lower_case.h"
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

std::string_view without_punctuation(std::string_view word) {
  while (!word.empty() && !is_of_word(word.front())) word.remove_prefix(1);
  while (!word.empty() && !is_of_word(word.back())) word.remove_suffix(1);
  return word;
}

// X for capitals, x for other letters, 9 for digits, ASCII punctuation as it is, a blank for all
// that separate words.
constexpr std::array<char, 128> kAsciiClasses = [] {
  std::array<char, 128> classes{};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const char byte = static_cast<char>(i);
    classes[i] = is_small(byte)       ? 'x'
                 : is_capital(byte)   ? 'X'
                 : is_digit(byte)     ? '9'
                 : is_separator(byte) ? ' '
                                      : byte;
  }
  return classes;
}();

// The same of a character beyond ASCII, of which the first byte is word[at], and - for those that
// are none of these.
char class_beyond_ascii(std::string_view word, std::size_t at, std::size_t& length) {
  utf8proc_int32_t code_point = -1;
  const std::size_t most = std::min<std::size_t>(4, word.size() - at);
  const auto read = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(word.data() + at),
                                     static_cast<utf8proc_ssize_t>(most), &code_point);
  length = 1;
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

// Runs of one class become one letter of the shape, whose end is returned.
char* write_shape(std::string_view word, char* shape) {
  char* const most = shape + kMostShape;
  char before = 0;
  for (std::size_t at = 0, length = 1; at < word.size() && shape < most; at += length) {
    const auto byte = static_cast<unsigned char>(word[at]);
    length = 1;
    const char now = byte < 0x80 ? kAsciiClasses[byte] : class_beyond_ascii(word, at, length);
    *shape = now;
    shape += now != before;
    before = now;
  }
  return shape;
}

// Writes keys where there is room for them.
class KeyWriter {
 public:
  KeyWriter(std::uint32_t groups, std::uint64_t* keys) : groups_(groups), keys_(keys) {}

  bool has(FeatureGroup group) const { return (groups_ & group) != 0; }
  void add(Kind kind, std::string_view text) { *keys_++ = key_of(kind, text); }
  std::uint64_t* end() const { return keys_; }

 private:
  std::uint32_t groups_;
  std::uint64_t* keys_;
};

// Of two to four code points, shorter than the word.
void add_prefixes(std::string_view word, KeyWriter& keys) {
  std::size_t at = 0;
  for (std::size_t points = 1; points <= 4; ++points) {
    do {
      ++at;
    } while (at < word.size() && continues(word[at]));
    if (at >= word.size()) return;
    if (points > 1) keys.add(Kind::kPrefix, word.substr(0, at));
  }
}

void add_suffixes(std::string_view word, KeyWriter& keys) {
  std::size_t at = word.size();
  for (std::size_t points = 1; points <= 4; ++points) {
    if (at == 0) return;
    do {
      --at;
    } while (at > 0 && continues(word[at]));
    if (at == 0) return;
    if (points > 1) keys.add(Kind::kSuffix, word.substr(at));
  }
}

}  // namespace

void LineWords::Chain::begin(std::size_t pieces, std::size_t bytes) {
  if (text_.size() < bytes + pieces + kSlack) text_.resize(bytes + pieces + kSlack);
  if (at_.size() < pieces + 1) at_.resize(pieces + 1);
  size_ = 0;
}

// Nearly all words are shorter than kSlack: a copy of just their bytes takes longer.
void LineWords::Chain::append(std::string_view piece) {
  if (!piece.empty()) std::memcpy(next(), piece.data(), kSlack);
  if (piece.size() > kSlack) std::memcpy(next(), piece.data(), piece.size());
  end_next(piece.size());
}

namespace {

// Of words i and i + 1: the four pairs, in this order, beside each other. They are hashed kind by
// kind, for texts of one kind are of like length, which is what the hash branches on.
std::uint64_t* pair_keys(LineWords& line, std::uint64_t* keys) {
  const std::size_t n = line.words.size();
  std::size_t bytes = 0;
  for (const LineWords::Word& word : line.words) bytes += std::max(word.plain.size(), kMostShape);
  line.plains.begin(n, bytes);
  for (LineWords::Chain& chain : line.mixed) chain.begin(n, bytes);
  for (std::size_t i = 0; i < n; ++i) {
    line.plains.append(line.words[i].plain);
    line.mixed[i % 2].append(line.words[i].plain);
    line.mixed[1 - i % 2].append(line.shapes.piece(i));
  }
  if (n < 2) return keys;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    keys[4 * i] = key_of(Kind::kWordPair, line.plains.pieces(i, 2));
  }
  for (std::size_t i = 0; i + 1 < n; ++i) {
    keys[4 * i + 1] = key_of(Kind::kShapePair, line.shapes.pieces(i, 2));
  }
  for (std::size_t i = 0; i + 1 < n; ++i) {
    keys[4 * i + 2] = key_of(Kind::kWordShapePair, line.mixed[i % 2].pieces(i, 2));
    keys[4 * i + 3] = key_of(Kind::kShapeWordPair, line.mixed[1 - i % 2].pieces(i, 2));
  }
  return keys + 4 * (n - 1);
}

void add_words_at_ends(const LineWords& line, KeyWriter& keys) {
  const std::size_t n = line.words.size();
  keys.add(Kind::kFirstWord, line.words[0].plain);
  keys.add(Kind::kLastWord, line.words[n - 1].plain);
  if (n == 1) return;
  keys.add(Kind::kSecondWord, line.words[1].plain);
  keys.add(Kind::kWordBeforeLast, line.words[n - 2].plain);
}

void add_shapes_at_ends(LineWords& line, KeyWriter& keys) {
  const std::size_t n = line.words.size();
  const LineWords::Chain& shapes = line.shapes;
  keys.add(Kind::kFirstShape, shapes.piece(0));
  keys.add(Kind::kLastShape, shapes.piece(n - 1));
  const std::string_view last = line.words[n - 1].raw;
  std::size_t at = last.size() - 1;
  while (at > 0 && continues(last[at])) --at;
  keys.add(Kind::kLastCharacter, last.substr(at));
  if (n > 1) {
    keys.add(Kind::kSecondShape, shapes.piece(1));
    keys.add(Kind::kShapeBeforeLast, shapes.piece(n - 2));
  }
  // A shape that is missing is an empty one.
  line.joined.assign(shapes.pieces(0, std::min<std::size_t>(n, 3)));
  line.joined.append(3 - std::min<std::size_t>(n, 3), ' ');
  keys.add(Kind::kFirstShapes, line.joined);
  const std::size_t last_shapes = std::min<std::size_t>(n, 2);
  line.joined.clear();
  line.joined.append(2 - last_shapes, ' ').append(shapes.pieces(n - last_shapes, last_shapes));
  keys.add(Kind::kLastShapes, line.joined);
}

}  // namespace

std::uint32_t parse_feature_groups(std::string_view names) {
  std::uint32_t groups = 0;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    std::string_view name = names.substr(begin, end - begin);
    const bool taken_away = name.starts_with('-');
    if (taken_away) name.remove_prefix(1);
    const auto found = std::find_if(std::begin(kGroupNames), std::end(kGroupNames),
                                    [&](const auto& group) { return group.first == name; });
    if (found == std::end(kGroupNames)) {
      std::vector<std::string_view> known;
      for (const auto& group : kGroupNames) known.push_back(group.first);
      fail(ErrorKind::kParameter, "feature_groups names {}: expected some of {}; did you mean {}?",
           in_quotes(name), fmt::join(known, ", "), nearest_name(name, known));
    }
    groups = taken_away ? groups & ~found->second : groups | found->second;
    begin = end + 1;
  }
  if (groups == 0) {
    fail(ErrorKind::kParameter, "feature_groups {} leaves no group: expected one or more",
         in_quotes(names));
  }
  return groups;
}

namespace {

bool is_all_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char byte : text)
    all = static_cast<unsigned char>(all | static_cast<unsigned char>(byte));
  return all < 0x80;
}

// Words and shapes of a line of ASCII, whose lower case has every character in its place.
void split_ascii(std::string_view line, std::string_view lower, LineWords& words) {
  const auto class_at = [line](std::size_t at) {
    return kAsciiClasses[static_cast<unsigned char>(line[at])];
  };
  for (std::size_t at = 0; at < line.size();) {
    if (class_at(at) == ' ') {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    char* const shape = words.shapes.next();
    char* end = shape;
    char before = 0;
    for (char now; at < line.size() && (now = class_at(at)) != ' '; ++at) {
      *end = now;
      end += now != before;
      before = now;
    }
    words.shapes.end_next(std::min(static_cast<std::size_t>(end - shape), kMostShape));
    const std::string_view small = lower.substr(begin, at - begin);
    words.words.push_back({line.substr(begin, at - begin), small, without_punctuation(small)});
  }
}

// The same pieces of the text and of its lower case, which keeps the blanks.
void split_any(std::string_view line, std::string_view lower, LineWords& words) {
  std::size_t at = 0, low = 0;
  while (true) {
    while (at < line.size() && is_separator(line[at])) ++at;
    while (low < lower.size() && is_separator(lower[low])) ++low;
    if (at == line.size() || low == lower.size()) return;
    const std::size_t begin = at, low_begin = low;
    while (at < line.size() && !is_separator(line[at])) ++at;
    while (low < lower.size() && !is_separator(lower[low])) ++low;
    const std::string_view raw = line.substr(begin, at - begin);
    const std::string_view small = lower.substr(low_begin, low - low_begin);
    words.words.push_back({raw, small, without_punctuation(small)});
    char* const shape = words.shapes.next();
    words.shapes.end_next(static_cast<std::size_t>(write_shape(raw, shape) - shape));
  }
}

}  // namespace

void split_words(std::string_view line, LineWords& words) {
  // As much as any lower case needs (lower_case.cc).
  const std::size_t most = 2 * line.size() + LineWords::Chain::kSlack;
  if (words.lower.size() < most) words.lower.resize(most);
  const std::string_view lower = lower_case(line, words.lower);
  words.words.clear();
  // A shape takes no more than its word, but for the byte that is written behind the last one.
  words.shapes.begin(line.size() / 2 + 1, line.size());
  is_all_ascii(line) ? split_ascii(line, lower, words) : split_any(line, lower, words);
}

std::uint64_t* word_keys(const LineWords& words, std::size_t i, std::uint32_t groups,
                         std::uint64_t* keys) {
  const LineWords::Word& word = words.words[i];
  KeyWriter to(groups, keys);
  if (to.has(kLowerWords)) to.add(Kind::kWord, word.lower);
  if (to.has(kCasedWords)) to.add(Kind::kCasedWord, word.raw);
  if (to.has(kPlainWords) && !word.plain.empty()) to.add(Kind::kPlainWord, word.plain);
  if (to.has(kPrefixes)) add_prefixes(word.plain, to);
  if (to.has(kSuffixes)) add_suffixes(word.plain, to);
  if (to.has(kShapes)) to.add(Kind::kShape, words.shapes.piece(i));
  return to.end();
}

std::uint64_t* line_keys(LineWords& words, std::uint32_t groups, std::uint64_t* keys) {
  if ((groups & kBigrams) != 0) keys = pair_keys(words, keys);
  KeyWriter to(groups, keys);
  if (to.has(kEnds) && !words.words.empty()) {
    add_words_at_ends(words, to);
    add_shapes_at_ends(words, to);
  }
  return to.end();
}

std::uint64_t layout_key(std::size_t i, std::uint8_t number) {
  const char letter = static_cast<char>('a' + number);
  return key_of(static_cast<Kind>(static_cast<std::size_t>(Kind::kLength) + i), {&letter, 1});
}

namespace {

void append_layout(std::string_view line, std::size_t words, const BlockPlace& place,
                   std::uint32_t groups, std::vector<std::uint64_t>& keys) {
  const LayoutClasses classes = layout_classes(line, words, place);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (has_layout(groups, i)) keys.push_back(layout_key(i, classes[i]));
  }
}

}  // namespace

void append_rich_features(std::string_view line, const BlockPlace& place, std::uint32_t groups,
                          LineWords& words, std::vector<std::uint64_t>& keys) {
  split_words(line, words);
  const std::size_t n = words.words.size(), before = keys.size();
  keys.resize(before + n * kMostKeysOfWord + most_line_keys(n));
  std::uint64_t* end = &keys[before];
  for (std::size_t i = 0; i < n; ++i) end = word_keys(words, i, groups, end);
  end = line_keys(words, groups, end);
  keys.resize(static_cast<std::size_t>(end - keys.data()));
  append_layout(line, n, place, groups, keys);
}

void append_form_features(std::string_view line, const BlockPlace& place, std::uint32_t groups,
                          LineWords& words, std::vector<std::uint64_t>& keys) {
  split_words(line, words);
  const std::size_t n = words.words.size(), before = keys.size();
  keys.resize(before + n + most_line_keys(n));
  KeyWriter to(groups, &keys[before]);
  for (std::size_t i = 0; to.has(kShapes) && i < n; ++i) {
    to.add(Kind::kShape, words.shapes.piece(i));
  }
  for (std::size_t i = 0; to.has(kBigrams) && i + 1 < n; ++i) {
    to.add(Kind::kShapePair, words.shapes.pieces(i, 2));
  }
  if (to.has(kEnds) && n > 0) add_shapes_at_ends(words, to);
  keys.resize(static_cast<std::size_t>(to.end() - keys.data()));
  append_layout(line, n, place, groups, keys);
}

}  // namespace skol
