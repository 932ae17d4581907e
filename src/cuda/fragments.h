// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/portable.h"
#include "kernels/bf16.h"

namespace skol::cuda {

// The operands of one product of matrices by a warp, C [16][8] += A [16][16] * B [16][8], A and B
// in bf16, C in float32: what each of its 32 threads has of them (NVIDIA, PTX ISA, "Matrix
// Fragments for mma.m16n8k16"). Two neighbours of the depth stand in 32 bits, the first one below.
// Groups have
//   multiply_add(a, b, c): each a function (rank, thread) -> fragment of that thread
// A tensor core adds the 16 products of an element in an order of its own, which depends on nothing
// but the element; on the host they are fused one after the other. So the bits of the two differ.
struct alignas(16) RowFragment {
  std::uint32_t value[4];  // of A: rows lane / 4 and 8 below; then the same, 8 deeper
};
struct ColumnFragment {
  std::uint32_t value[2];  // of B: column lane / 4; then 8 deeper
};
struct SumFragment {
  float value[4];  // of C: row lane / 4, columns 2 * (lane % 4) and the next; then 8 rows below
};

inline constexpr std::uint32_t kFragmentDepth = 16;
inline constexpr int kWarp = 32;

// Shared memory holds float and bf16: both are read and written as these.
using PairInMemory [[gnu::may_alias]] = std::uint32_t;
using Bf16InMemory [[gnu::may_alias]] = std::uint16_t;

// For both, as constexpr: weights are packed on the host.
constexpr std::uint32_t bf16_pair(float first, float second) {
  return static_cast<std::uint32_t>(to_bf16(first)) | static_cast<std::uint32_t>(to_bf16(second))
                                                          << 16;
}
constexpr float rounded_to_bf16(float value) {
  return to_float(to_bf16(value));
}

// On the host: what lane `lane` is left with. a and b: functions lane -> fragment.
template <class A, class B>
void add_fragment_product(int lane, const A& a, const B& b, SumFragment& c) {
  const auto half_of = [](std::uint32_t pair, int k) {
    return to_float(static_cast<Bf16>(k % 2 == 0 ? pair & 0xffffu : pair >> 16));
  };
  for (int i = 0; i < 4; ++i) {
    const int row = lane / 4 + i / 2 * 8, column = 2 * (lane % 4) + i % 2;
    for (int k = 0; k < static_cast<int>(kFragmentDepth); ++k) {
      const RowFragment& left = a(row % 8 * 4 + k % 8 / 2);
      const ColumnFragment& right = b(column * 4 + k % 8 / 2);
      c.value[i] = std::fma(half_of(left.value[row / 8 + k / 8 * 2], k),
                            half_of(right.value[k / 8], k), c.value[i]);
    }
  }
}

}  // namespace skol::cuda
