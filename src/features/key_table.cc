// SPDX-License-Identifier: Apache-2.0
#include "features/key_table.h"

#include <bit>

#include "base/fail.h"

namespace skol {

std::uint32_t KeyTable::insert(std::uint64_t key) {
  const std::uint32_t found = find(key);
  if (found != kNotFound) return found;
  if (size() + 1 == kNotFound) {
    fail(ErrorKind::kMemory, "{} distinct features, expected fewer: train on fewer lines", size());
  }
  if (2 * (size() + 1) > slots_.size()) resize(2 * slots_.size());
  keys_.push_back(key);
  const auto number = static_cast<std::uint32_t>(size() - 1);
  put(key, number);
  return number;
}

void KeyTable::put(std::uint64_t key, std::uint32_t number) {
  std::size_t at = key & mask();
  while (slots_[at].key != 0) at = (at + 1) & mask();
  slots_[at] = {key, number};
}

void KeyTable::reserve(std::size_t keys) {
  keys_.reserve(keys);
  if (2 * keys > slots_.size()) resize(std::bit_ceil(2 * keys));
}

void KeyTable::resize(std::size_t slots) {
  slots_ = std::vector<Slot>(slots);
  for (std::size_t number = 0; number < size(); ++number) {
    put(keys_[number], static_cast<std::uint32_t>(number));
  }
}

}  // namespace skol
