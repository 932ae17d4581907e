// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/aligned_vector.h"
#include "base/round_up.h"

namespace skol {

// Cuts one block of memory into aligned arrays. With no block it only counts, so that the same
// layout function says how many bytes a workspace needs without allocating any:
//   Carver count; layout(count); AlignedVector<std::byte> block(count.bytes());
//   Carver carve(block.data()); layout(carve);
class Carver {
 public:
  Carver() = default;
  // `block` is aligned to kAlignment and outlives every array taken from it.
  explicit Carver(std::byte* block) : block_(block) {}

  // An array of n values, uninitialised; nullptr when only counting.
  template <typename T>
  T* take(std::size_t n) {
    T* array = block_ == nullptr ? nullptr : reinterpret_cast<T*>(block_ + used_);
    used_ += round_up(n * sizeof(T), kAlignment);
    return array;
  }
  std::size_t bytes() const { return used_; }

 private:
  std::byte* block_ = nullptr;
  std::size_t used_ = 0;
};

}  // namespace skol
