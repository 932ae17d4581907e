// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "features/key_table.h"
#include "features/rich_features.h"
#include "features/word_memo.h"

namespace skol {

class RichVocabulary;

// What one thread needs to name the columns of lines, kept from line to line so that no line
// allocates. It may serve several vocabularies in turn, and what it remembers is of the last one.
// After an exception it is as good as before.
struct RichScratch {
  std::shared_ptr<const RichVocabulary>
      remembered;  // keeps the place: no other may be taken for it
  WordMemo memo;
  LineWords words;
  struct Place {
    WordMemo::Slot* slot;            // nullptr: the word is too long for one
    std::uint64_t *keys, *keys_end;  // to be looked up; nullptr: the slot has the columns
  };
  std::vector<Place> places;  // of the words
  std::vector<std::uint64_t> keys;
  std::vector<std::uint32_t> known;    // columns, some twice
  std::vector<std::uint32_t> columns;  // of the last line
  std::vector<std::uint64_t> seen;     // a bit a column; 0 except for `columns`
};

// The rich features that a model knows: keys, numbered by their columns. Immutable and thread-safe.
class RichVocabulary : public std::enable_shared_from_this<RichVocabulary> {
 public:
  // Throws Error kModel for no key, a key of 0 or one that comes twice.
  static std::shared_ptr<const RichVocabulary> make(std::span<const std::uint64_t> keys,
                                                    std::uint32_t groups);

  std::size_t size() const { return table_.size(); }
  std::span<const std::uint64_t> keys() const { return table_.keys(); }

  // Sets form[c], of as many as there are columns, for the known of append_form_features.
  void mark_form(std::string_view line, const BlockPlace& place, RichScratch& scratch,
                 std::vector<std::uint8_t>& form) const;

  // The columns of the line's known features, each once, in the order of append_rich_features; they
  // hold until the scratch is used again. Time follows the line.
  std::span<const std::uint32_t> columns_of(std::string_view line, const BlockPlace& place,
                                            RichScratch& scratch) const;

 private:
  RichVocabulary(std::span<const std::uint64_t> keys, std::uint32_t groups);
  std::uint64_t* find_words(RichScratch& scratch) const;
  std::uint32_t* append_words(RichScratch& scratch, std::uint32_t* known) const;
  std::uint32_t* append_layout(std::string_view line, const BlockPlace& place, RichScratch& scratch,
                               std::uint32_t* known) const;
  std::uint32_t* append_known(std::span<const std::uint64_t> keys, std::uint32_t* known) const;

  KeyTable table_;
  std::uint32_t groups_;
  std::array<std::array<std::uint32_t, kMostClasses>, kLayoutNumbers> layout_;  // columns
};

}  // namespace skol
