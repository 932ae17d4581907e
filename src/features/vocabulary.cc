// SPDX-License-Identifier: Apache-2.0
#include "features/vocabulary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/fail.h"

namespace skol {
namespace {

std::uint64_t hash_of(std::string_view term) {
  return XXH3_64bits(term.data(), term.size());
}
// The low bits choose the slot, the high ones are the tag.
std::uint32_t tag_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace

std::uint32_t Vocabulary::find(std::string_view term) const {
  return slots_[find_slot(term, hash_of(term))].index;
}

std::uint32_t Vocabulary::insert(std::string_view term) {
  if (2 * (size() + 1) > slots_.size()) grow();
  const std::uint64_t hash = hash_of(term);
  Slot& slot = slots_[find_slot(term, hash)];
  if (slot.index != kNotFound) return slot.index;
  if (size() == kNotFound) {
    fail(ErrorKind::kMemory, "{} distinct terms, expected fewer: train on fewer lines", size());
  }
  // A term exists once its slot is taken; what an insertion without memory left is dropped here.
  text_.resize(offsets_.back());
  text_.append(term);
  offsets_.push_back(text_.size());
  slot = {static_cast<std::uint32_t>(size() - 1), tag_of(hash)};
  return slot.index;
}

std::vector<std::string> Vocabulary::terms() const {
  std::vector<std::string> result;
  result.reserve(size());
  for (std::size_t index = 0; index < size(); ++index) result.emplace_back(term(index));
  return result;
}

std::size_t Vocabulary::find_slot(std::string_view term, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint32_t tag = tag_of(hash);
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.index == kNotFound) return at;
    if (slot.tag == tag && this->term(slot.index) == term) return at;
  }
}

void Vocabulary::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.index == kNotFound) continue;
    const std::string_view moved = term(slot.index);
    slots_[find_slot(moved, hash_of(moved))] = slot;
  }
}

}  // namespace skol
