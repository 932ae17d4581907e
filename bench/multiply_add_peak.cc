// SPDX-License-Identifier: Apache-2.0
#include "multiply_add_peak.h"

#if defined(__x86_64__)
#define HWY_BASELINE_TARGETS HWY_AVX2
#define HWY_DISABLED_TARGETS (HWY_SCALAR | HWY_EMU128 | HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#endif
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "multiply_add_peak.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace skol {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Two multiply-adds a cycle, each done after four: twelve are more than enough.
double multiply_adds(std::size_t rounds) {
  constexpr std::size_t kChains = 12;
  const hn::ScalableTag<float> floats;
  using V = hn::Vec<decltype(floats)>;
  V sums[kChains];
  const V x = hn::Set(floats, 0.999f), y = hn::Set(floats, 0.001f);
  for (V& sum : sums) sum = x;
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (std::size_t chain = 0; chain < kChains; ++chain) {
      sums[chain] = hn::MulAdd(sums[chain], x, y);
    }
  }
  V total = sums[0];
  for (std::size_t chain = 1; chain < kChains; ++chain) total = hn::Add(total, sums[chain]);
  // What is used cannot be optimised away; the sum is near 12, never below 0.
  const double result = hn::GetLane(total) < 0 ? -1.0 : 0.0;
  return result + 2.0 * static_cast<double>(kChains * hn::MaxLanes(floats) * rounds);
}

}  // namespace HWY_NAMESPACE
}  // namespace skol
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace skol {
HWY_EXPORT(multiply_adds);
double run_multiply_adds(std::size_t rounds) {
  return HWY_DYNAMIC_DISPATCH(multiply_adds)(rounds);
}

#if defined(__x86_64__)
namespace {

// Two a cycle, each done after six.
__attribute__((target("avx512f,avx512bf16"))) double bf16_multiply_adds(std::size_t rounds) {
  constexpr std::size_t kChains = 16, kOperations = 64;  // of an instruction
  __m512 sums[kChains];
  const auto x = (__m512bh)_mm512_set1_epi32(0x3F003F00), y = x;  // 0.5
  for (__m512& sum : sums) sum = _mm512_setzero_ps();
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
    for (std::size_t chain = 0; chain < kChains; ++chain) {
      sums[chain] = _mm512_dpbf16_ps(sums[chain], x, y);
    }
  }
  __m512 total = sums[0];
  for (std::size_t chain = 1; chain < kChains; ++chain) total = _mm512_add_ps(total, sums[chain]);
  return (_mm512_cvtss_f32(total) < 0 ? -1.0 : 0.0) +
         static_cast<double>(kOperations * kChains * rounds);
}

}  // namespace

double run_bf16_multiply_adds(std::size_t rounds) {
  return __builtin_cpu_supports("avx512bf16") ? bf16_multiply_adds(rounds) : 0;
}
#else
double run_bf16_multiply_adds(std::size_t) {
  return 0;
}
#endif

}  // namespace skol
#endif  // HWY_ONCE
