// SPDX-License-Identifier: Apache-2.0
#include "features/word_memo.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace skol {

WordMemo::Slot* WordMemo::find(std::string_view word) {
  if (word.size() > Slot::kMostText) return nullptr;
  return &slots_[XXH3_64bits(word.data(), word.size()) % kSlots];
}

}  // namespace skol
