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
  if (size() + 1 > kMostOfBucket * buckets_.size()) resize(2 * buckets_.size());
  keys_.push_back(key);
  const auto number = static_cast<std::uint32_t>(size() - 1);
  put(key, number);
  return number;
}

void KeyTable::put(std::uint64_t key, std::uint32_t number) {
  std::size_t at = key & mask();
  while (buckets_[at].taken == kSlots) at = (at + 1) & mask();
  Bucket& bucket = buckets_[at];
  bucket.keys[bucket.taken] = key;
  bucket.numbers[bucket.taken++] = number;
  likely_[bit_of(key) / 64] |= std::uint64_t{1} << bit_of(key) % 64;
}

std::uint64_t* KeyTable::keep_likely(std::uint64_t* keys, std::uint64_t* end) const {
  std::uint64_t* const first = keys;
  std::uint64_t* to = keys;
  for (; keys != end; ++keys) {
    const std::size_t bit = bit_of(*keys);
    *to = *keys;
    to += likely_[bit / 64] >> bit % 64 & 1;
  }
  for (const std::uint64_t* key = first; key != to; ++key) {
    __builtin_prefetch(&buckets_[*key & mask()]);
  }
  return to;
}

void KeyTable::reserve(std::size_t keys) {
  keys_.reserve(keys);
  const std::size_t buckets = std::bit_ceil((keys + kMostOfBucket - 1) / kMostOfBucket);
  if (buckets > buckets_.size()) resize(buckets);
}

void KeyTable::resize(std::size_t buckets) {
  buckets_ = AlignedVector<Bucket>(buckets);
  likely_ = std::vector<std::uint64_t>(buckets * kBits / 64);
  for (std::size_t number = 0; number < size(); ++number) {
    put(keys_[number], static_cast<std::uint32_t>(number));
  }
}

}  // namespace skol
