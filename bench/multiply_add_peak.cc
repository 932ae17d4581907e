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
namespace skol {
HWY_EXPORT(multiply_adds);
double run_multiply_adds(std::size_t rounds) {
  return HWY_DYNAMIC_DISPATCH(multiply_adds)(rounds);
}
}  // namespace skol
#endif  // HWY_ONCE
