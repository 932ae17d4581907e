// SPDX-License-Identifier: Apache-2.0
// The kernels of bf16 for processors with AVX512_BF16, which Highway 1.0 has no target for: the dot
// products of pairs are intrinsics, the rest is shared with float32. Includes itself, as
// simd_kernels.cc does, for AVX-512 alone.
#if defined(__x86_64__)
#define HWY_BASELINE_TARGETS HWY_AVX2
#define HWY_DISABLED_TARGETS (HWY_SCALAR | HWY_EMU128 | HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#else
#define HWY_COMPILE_ONLY_STATIC  // NEON: SVE's vectors have no size to make tiles of
#endif
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/bf16_kernels.cc"
#include "kernels/bf16_kernels.h"

#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#include "kernels/tile-inl.h"

#if HWY_TARGET == HWY_AVX3

HWY_BEFORE_NAMESPACE();
namespace skol {
namespace HWY_NAMESPACE {

#define SKOL_BF16 __attribute__((target("avx512bf16")))

// sums[r][gate] += x[r] * panel, pairs of rows at a time. 24 sums hide the six cycles of a dot
// product; 4 weights and a broadcast pair fill the registers, as in the tiles of float32.
template <std::size_t kRows>
SKOL_BF16 inline void accumulate_pairs(const Bf16* const (&x)[kRows], std::size_t depth,
                                       const Bf16* HWY_RESTRICT panel, __m512 (&sums)[kRows][4]) {
  for (std::size_t k = 0; k < depth; k += 2, panel += 8 * kColumnBlock) {
    __m512bh pair[kRows];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      std::int32_t two;
      __builtin_memcpy(&two, x[r] + k, sizeof two);
      pair[r] = (__m512bh)_mm512_set1_epi32(two);
    }
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < 4; ++gate) {
      const auto weights = (__m512bh)_mm512_load_si512(panel + 2 * gate * kColumnBlock);
#pragma GCC unroll 8
      for (std::size_t r = 0; r < kRows; ++r) {
        sums[r][gate] = _mm512_dpbf16_ps(sums[r][gate], pair[r], weights);
      }
    }
  }
}

template <std::size_t kRows>
SKOL_BF16 HWY_NOINLINE void bf16_gates_tile(const Bf16LstmRow* rows, const PackedBf16* input,
                                            const PackedBf16& recurrent, std::size_t u,
                                            float* HWY_RESTRICT z) {
  __m512 sums[kRows][4];
  const Bf16* x[kRows];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < 4; ++gate) {
      sums[r][gate] = _mm512_loadu_ps(rows[r].gates + gate * recurrent.units + u);
    }
  }
  if (input != nullptr) {
    for (std::size_t r = 0; r < kRows; ++r) x[r] = rows[r].x;
    accumulate_pairs<kRows>(x, input->depth, input->panel(u), sums);
  }
  for (std::size_t r = 0; r < kRows; ++r) x[r] = rows[r].h_previous;
  accumulate_pairs<kRows>(x, recurrent.depth, recurrent.panel(u), sums);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t gate = 0; gate < 4; ++gate) {
      _mm512_store_ps(z + (r * 4 + gate) * kColumnBlock, sums[r][gate]);
    }
  }
}

// out[0 .. 2 * kPairs vectors) of sparse_row.
template <std::size_t kPairs>
HWY_INLINE void bf16_sparse_block(std::span<const std::uint32_t> columns,
                                  std::span<const float> values, const Bf16* w, std::size_t stride,
                                  const float* start, float* out) {
  const hn::ScalableTag<std::uint32_t> words;
  const auto upper = hn::Set(words, 0xFFFF0000u);
  V sums[2 * kPairs];
#pragma GCC unroll 16
  for (std::size_t v = 0; v < 2 * kPairs; ++v) sums[v] = hn::LoadU(kFloats, start + v * kLanes);
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const auto* row = reinterpret_cast<const std::uint32_t*>(w + columns[j] * stride);
    const V value = hn::Set(kFloats, values[j]);
    fetch_entry<2 * kPairs * kLanes>(columns, j, w, stride);
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kPairs; ++v) {
      const auto both = hn::LoadU(words, row + v * kLanes);
      const V first = hn::BitCast(kFloats, hn::ShiftLeft<16>(both));
      const V second = hn::BitCast(kFloats, hn::And(both, upper));
      sums[2 * v] = hn::MulAdd(value, first, sums[2 * v]);
      sums[2 * v + 1] = hn::MulAdd(value, second, sums[2 * v + 1]);
    }
  }
#pragma GCC unroll 16
  for (std::size_t v = 0; v < 2 * kPairs; ++v) hn::StoreU(sums[v], kFloats, out + v * kLanes);
}

class NativeBf16Kernels final : public Bf16Kernels {
 public:
  std::string_view name() const override { return "avx512_bf16"; }

  void lstm_step(std::span<const Bf16LstmRow> rows, const PackedBf16* input,
                 const PackedBf16& recurrent) const override {
    const std::size_t units = recurrent.units;
    const std::size_t ahead = input == nullptr ? 4 * kColumnBlock * sizeof(float)
                                               : input->depth / units * kColumnBlock * sizeof(Bf16);
    step_by_tiles(rows, units, ahead,
                  [&](const Bf16LstmRow* some, auto count, std::size_t u, float* z) {
                    bf16_gates_tile<count()>(some, input, recurrent, u, z);
                  });
  }

  void sparse_row(std::span<const std::uint32_t> columns, std::span<const float> values,
                  const Bf16* w, std::size_t stride, std::size_t width, const float* start,
                  float* out) const override {
    // 16 sums: with 8 each entry waits for the four cycles of the one before.
    constexpr std::size_t kPairs = 8, kBlock = 2 * kPairs * kColumnBlock;
    std::size_t n = 0;
    for (; n + kBlock <= width; n += kBlock) {
      bf16_sparse_block<kPairs>(columns, values, w + n, stride, start + n, out + n);
    }
    for (; n + kBlock / 2 <= width; n += kBlock / 2) {
      bf16_sparse_block<kPairs / 2>(columns, values, w + n, stride, start + n, out + n);
    }
    for (; n < width; n += 2 * kColumnBlock) {
      bf16_sparse_block<1>(columns, values, w + n, stride, start + n, out + n);
    }
  }
};

const Bf16Kernels& bf16_kernels() {
  static const NativeBf16Kernels kernels;
  return kernels;
}

#undef SKOL_BF16

}  // namespace HWY_NAMESPACE
}  // namespace skol
HWY_AFTER_NAMESPACE();

#endif  // HWY_AVX3

#if HWY_ONCE
namespace skol {

const Bf16Kernels* native_bf16_kernels() {
#if defined(__x86_64__)
  if ((hwy::SupportedTargets() & HWY_AVX3) && __builtin_cpu_supports("avx512bf16")) {
    return &N_AVX3::bf16_kernels();
  }
#endif
  return nullptr;
}

}  // namespace skol
#endif  // HWY_ONCE
