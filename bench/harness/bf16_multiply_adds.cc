// SPDX-License-Identifier: Apache-2.0
#include "harness/bf16_multiply_adds.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace skol::bench {

bool has_bf16_multiply_adds() {
  return __builtin_cpu_supports("avx512bf16");
}

// Two a cycle, each done after six: sixteen chains are more than enough, and fit the registers.
__attribute__((target("avx512f,avx512bf16"))) double run_bf16_multiply_adds(std::size_t rounds) {
  constexpr std::size_t kChains = 16, kOperations = 2 * 32;
  const __m512 one = _mm512_set1_ps(1.0f), less = _mm512_set1_ps(0.001f);
  const __m512bh x = _mm512_cvtne2ps_pbh(one, one), y = _mm512_cvtne2ps_pbh(less, less);
  __m512 sums[kChains];
  for (__m512& sum : sums) sum = one;
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
    for (std::size_t chain = 0; chain < kChains; ++chain) {
      sums[chain] = _mm512_dpbf16_ps(sums[chain], x, y);
    }
  }
  __m512 total = sums[0];
  for (std::size_t chain = 1; chain < kChains; ++chain) total = _mm512_add_ps(total, sums[chain]);
  // What is used cannot be optimised away; no sum is below 0.
  const double result = _mm512_cvtss_f32(total) < 0 ? -1.0 : 0.0;
  return result + static_cast<double>(kOperations * kChains * rounds);
}

}  // namespace skol::bench

#else

namespace skol::bench {
bool has_bf16_multiply_adds() {
  return false;
}
double run_bf16_multiply_adds(std::size_t) {
  return 0;
}
}  // namespace skol::bench

#endif
