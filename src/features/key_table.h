// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skol {

// From keys of 64 random bits (rich_features.h) to their numbers, in order of insertion. A look-up
// is one or two probes, whatever the number of keys. Const members may be called from several
// threads.
class KeyTable {
 public:
  static constexpr std::uint32_t kNotFound = 0xffffffff;

  // Number of the key, which is not 0, or kNotFound.
  std::uint32_t find(std::uint64_t key) const {
    for (std::size_t at = key & mask();; at = (at + 1) & mask()) {
      if (slots_[at].key == key) return slots_[at].number;
      if (slots_[at].key == 0) return kNotFound;
    }
  }
  // Asks the processor for what find(key) will read.
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&slots_[key & mask()]); }
  // Number of the key, which is added where it is new.
  std::uint32_t insert(std::uint64_t key);

  // Room for so many keys.
  void reserve(std::size_t keys);

  std::size_t size() const { return keys_.size(); }
  std::span<const std::uint64_t> keys() const { return keys_; }

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    std::uint32_t number = kNotFound;
  };
  std::size_t mask() const { return slots_.size() - 1; }
  void put(std::uint64_t key, std::uint32_t number);
  void resize(std::size_t slots);

  std::vector<Slot> slots_ = std::vector<Slot>(16);  // a power of two, at most half of them taken
  std::vector<std::uint64_t> keys_;
};

}  // namespace skol
