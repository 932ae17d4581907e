// SPDX-License-Identifier: Apache-2.0
#include "features/rich_vocabulary.h"

#include "base/fail.h"

namespace skol {
namespace {

// At least so many values; what they are does not matter.
template <class T>
void make_room(std::vector<T>& values, std::size_t size) {
  if (values.size() < size) values.resize(size);
}

}  // namespace

std::shared_ptr<const RichVocabulary> RichVocabulary::make(std::span<const std::uint64_t> keys,
                                                           std::uint32_t groups) {
  return std::shared_ptr<const RichVocabulary>(new RichVocabulary(keys, groups));
}

RichVocabulary::RichVocabulary(std::span<const std::uint64_t> keys, std::uint32_t groups)
    : groups_(groups) {
  if (keys.empty()) {
    fail(ErrorKind::kModel,
         "vocabulary is empty, expected features: train or fetch the model anew");
  }
  table_.reserve(keys.size());
  for (std::size_t column = 0; column < keys.size(); ++column) {
    if (keys[column] != 0 && table_.insert(keys[column]) == column) continue;
    fail(ErrorKind::kModel,
         "vocabulary of features: entry {} is 0 or repeats another, expected distinct keys: train "
         "or fetch the model anew",
         column);
  }
  for (std::size_t i = 0; i < kLayoutNumbers; ++i) {
    for (std::size_t number = 0; number < kMostClasses; ++number) {
      const bool has = has_layout(groups, i);
      layout_[i][number] =
          has ? table_.find(layout_key(i, static_cast<std::uint8_t>(number))) : KeyTable::kNotFound;
    }
  }
}

void RichVocabulary::mark_form(std::string_view line, const BlockPlace& place, RichScratch& scratch,
                               std::vector<std::uint8_t>& form) const {
  scratch.keys.clear();
  append_form_features(line, place, groups_, scratch.words, scratch.keys);
  for (const std::uint64_t key : scratch.keys) {
    const std::uint32_t column = table_.find(key);
    if (column != KeyTable::kNotFound) form[column] = 1;
  }
}

std::span<const std::uint32_t> RichVocabulary::columns_of(std::string_view line,
                                                          const BlockPlace& place,
                                                          RichScratch& scratch) const {
  if (scratch.remembered.get() != this) {
    scratch.remembered.reset();
    scratch.memo.clear();
    scratch.seen.assign(size() / 64 + 1, 0);
    scratch.columns.clear();
    scratch.remembered = shared_from_this();
  }
  split_words(line, scratch.words);
  const std::size_t n = scratch.words.words.size();
  const std::size_t most = n * kMostKeysOfWord + most_line_keys(n);
  make_room(scratch.places, n);
  make_room(scratch.keys, most);
  make_room(scratch.known, most + kLayoutNumbers);
  scratch.columns.reserve(scratch.known.size());

  // Nothing is looked up before all of it was asked for: most of it is in no near cache.
  std::uint64_t* const keys = find_words(scratch);
  std::uint64_t* const keys_end = table_.keep_likely(keys, line_keys(scratch.words, groups_, keys));
  std::uint32_t* end = append_words(scratch, scratch.known.data());
  end = append_known({keys, keys_end}, end);
  end = append_layout(line, place, scratch, end);

  for (const std::uint32_t column : scratch.columns) scratch.seen[column / 64] = 0;
  // Each column once; which come twice, a processor cannot guess.
  scratch.columns.resize(static_cast<std::size_t>(end - scratch.known.data()));
  std::uint32_t* to = scratch.columns.data();
  for (const std::uint32_t* column = scratch.known.data(); column != end; ++column) {
    std::uint64_t& seen = scratch.seen[*column / 64];
    *to = *column;
    to += 1 - (seen >> *column % 64 & 1);
    seen |= std::uint64_t{1} << *column % 64;
  }
  scratch.columns.resize(static_cast<std::size_t>(to - scratch.columns.data()));
  return scratch.columns;
}

// Keys of the words that are not remembered; returns their end. A slot is taken here and gets its
// columns in append_words, in the same order: for a word in between it has those of its last taker.
std::uint64_t* RichVocabulary::find_words(RichScratch& scratch) const {
  const std::vector<LineWords::Word>& words = scratch.words.words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    scratch.places[i].slot = scratch.memo.find(words[i].raw);
    __builtin_prefetch(scratch.places[i].slot);
  }
  std::uint64_t* keys = scratch.keys.data();
  for (std::size_t i = 0; i < words.size(); ++i) {
    RichScratch::Place& place = scratch.places[i];
    place.keys = nullptr;
    if (place.slot != nullptr && place.slot->holds(words[i].raw)) continue;
    place.keys = keys;
    if (place.slot != nullptr) place.slot->take(words[i].raw);
    keys = table_.keep_likely(keys, word_keys(scratch.words, i, groups_, keys));
    place.keys_end = keys;
  }
  return keys;
}

std::uint32_t* RichVocabulary::append_words(RichScratch& scratch, std::uint32_t* known) const {
  for (std::size_t i = 0; i < scratch.words.words.size(); ++i) {
    const auto& [slot, keys, keys_end] = scratch.places[i];
    if (slot == nullptr) {
      known = append_known({keys, keys_end}, known);
      continue;
    }
    if (keys != nullptr) {
      const std::uint32_t* const end = append_known({keys, keys_end}, slot->columns);
      slot->count = static_cast<std::uint8_t>(end - slot->columns);
    }
    std::memcpy(known, slot->columns, sizeof slot->columns);
    known += slot->count;
  }
  return known;
}

std::uint32_t* RichVocabulary::append_layout(std::string_view line, const BlockPlace& place,
                                             RichScratch& scratch, std::uint32_t* known) const {
  const LayoutClasses classes = layout_classes(line, scratch.words.words.size(), place);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    *known = layout_[i][classes[i]];
    known += *known != KeyTable::kNotFound;
  }
  return known;
}

std::uint32_t* RichVocabulary::append_known(std::span<const std::uint64_t> keys,
                                            std::uint32_t* known) const {
  for (const std::uint64_t key : keys) {
    *known = table_.find(key);
    known += *known != KeyTable::kNotFound;
  }
  return known;
}

}  // namespace skol
