// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/aligned_vector.h"
#include "features/rich_features.h"

namespace skol {

// The known columns of the words that one thread met last: seven words in ten of a line were met
// before, and cost one look-up here in place of ten hashes and ten look-ups. One word of each place
// is kept, the last that came.
class WordMemo {
 public:
  // A word and its columns fill a cache line; longer words, one in thirty, are not kept.
  struct alignas(64) Slot {
    static constexpr std::size_t kMostText = 22;
    std::uint32_t columns[kMostKeysOfWord];
    char text[kMostText];
    std::uint8_t size;  // 0: free; no word is empty
    std::uint8_t count;

    bool holds(std::string_view word) const {
      return size == word.size() && std::memcmp(text, word.data(), word.size()) == 0;
    }
    void take(std::string_view word) {
      std::memcpy(text, word.data(), word.size());
      size = static_cast<std::uint8_t>(word.size());
    }
  };
  static_assert(sizeof(Slot) == kAlignment);

  // Half the words of a large document at once, and half of a second-level cache: with twice as
  // many, four words in a hundred more were found.
  static constexpr std::size_t kSlots = std::size_t{1} << 13;
  static constexpr std::size_t kBytes = kSlots * sizeof(Slot);

  // The place of the word, taken or not; nullptr for a word that is too long.
  Slot* find(std::string_view word);
  // Forgets all words; takes kBytes at the first call.
  void clear() { slots_.assign(kSlots, Slot{}); }

 private:
  AlignedVector<Slot> slots_;
};

}  // namespace skol
