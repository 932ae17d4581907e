// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned_vector.h"

namespace skol {

// From keys of 64 random bits (rich_features.h) to their numbers, in order of insertion. A look-up
// reads one cache line, seldom two, whatever the number of keys, and does not branch on where in it
// the key is, which a processor could not guess.
// Const members may be called from several threads.
class KeyTable {
 public:
  static constexpr std::uint32_t kNotFound = 0xffffffff;

  // Number of the key, which is not 0, or kNotFound.
  std::uint32_t find(std::uint64_t key) const {
    for (std::size_t at = key & mask();; at = (at + 1) & mask()) {
      const Bucket& bucket = buckets_[at];
      std::size_t i = 0;
      for (std::size_t slot = 1; slot < kSlots; ++slot) i += slot * (bucket.keys[slot] == key);
      if (bucket.keys[i] == key) return bucket.numbers[i];
      if (bucket.taken < kSlots) return kNotFound;
    }
  }
  // Drops keys that are not in the table, nearly all of them, keeps the order of the others, asks
  // the processor for what find() will read of these, and returns their end. Buckets are as large
  // as a second-level cache, so that each costs a way to the next one; the bits that are looked at
  // here are a sixteenth of them.
  std::uint64_t* keep_likely(std::uint64_t* keys, std::uint64_t* end) const;
  // Number of the key, which is added where it is new.
  std::uint32_t insert(std::uint64_t key);
  // Room for so many keys.
  void reserve(std::size_t keys);

  std::size_t size() const { return keys_.size(); }
  std::span<const std::uint64_t> keys() const { return keys_; }

 private:
  static constexpr std::size_t kSlots = 5;  // what a cache line holds
  // Keys of a bucket on average, at most: one in twenty is then full and leads on to the next.
  static constexpr std::size_t kMostOfBucket = 2;
  // Bits for each bucket: of keys that are not there, 6 in a hundred are kept.
  static constexpr std::size_t kBits = 32;
  struct alignas(64) Bucket {
    std::uint64_t keys[kSlots] = {};  // 0: free
    std::uint32_t numbers[kSlots] = {};
    std::uint32_t taken = 0;
  };
  static_assert(sizeof(Bucket) == kAlignment);

  // By other bits of the key than its bucket.
  std::size_t bit_of(std::uint64_t key) const { return (key >> 32) & (64 * likely_.size() - 1); }
  std::size_t mask() const { return buckets_.size() - 1; }
  void put(std::uint64_t key, std::uint32_t number);
  void resize(std::size_t buckets);

  AlignedVector<Bucket> buckets_ = AlignedVector<Bucket>(8);  // a power of two
  std::vector<std::uint64_t> likely_ = std::vector<std::uint64_t>(8 * kBits / 64);
  std::vector<std::uint64_t> keys_;
};

}  // namespace skol
