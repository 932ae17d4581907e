// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#include "base/huge_pages.h"

namespace skol {

// A cache line, and the widest SIMD register: no vector load of an aligned block crosses a line.
inline constexpr std::size_t kAlignment = 64;

// Allocator of std::vector that aligns to kAlignment, large blocks on huge pages. Throws
// std::bad_alloc as any allocator.
template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) {
    void* const block = ::operator new(n * sizeof(T), std::align_val_t(kAlignment));
    prefer_huge_pages(block, n * sizeof(T));
    return static_cast<T*>(block);
  }
  void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t(kAlignment)); }
  template <typename U>
  bool operator==(const AlignedAllocator<U>&) const {
    return true;
  }
};

template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

// The same; values that are given no value have none, and their memory is not touched.
template <typename T>
struct UnsetAllocator : AlignedAllocator<T> {
  template <typename U>
  struct rebind {
    using other = UnsetAllocator<U>;
  };
  UnsetAllocator() = default;
  template <typename U>
  UnsetAllocator(const UnsetAllocator<U>&) {}
  template <typename U>
  void construct(U* p) {
    ::new (static_cast<void*>(p)) U;
  }
  template <typename U, typename V>
  void construct(U* p, V&& value) {
    ::new (static_cast<void*>(p)) U(std::forward<V>(value));
  }
};

}  // namespace skol
