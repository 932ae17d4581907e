// SPDX-License-Identifier: Apache-2.0
// Vector sigmoid, tanh and exp, operation for operation those of reference_kernels.cc.
// Compiled once per SIMD target: the guard is toggled, as Highway asks of -inl.h files.

#if defined(SKOL_KERNELS_ACTIVATIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SKOL_KERNELS_ACTIVATIONS_INL_H_
#undef SKOL_KERNELS_ACTIVATIONS_INL_H_
#else
#define SKOL_KERNELS_ACTIVATIONS_INL_H_
#endif

#include <hwy/highway.h>

#include "kernels/activation_constants.h"

HWY_BEFORE_NAMESPACE();
namespace skol {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using V = hn::Vec<Floats>;
constexpr Floats kFloats;

// exp(scale / log2(e) * x) for arguments within kExpLimit.
HWY_INLINE V exp_scaled(V x, float scale) {
  const hn::RebindToUnsigned<Floats> bits;
  const V factor = hn::Set(kFloats, scale), magic = hn::Set(kFloats, kRoundMagic);
  const V shifted = hn::MulAdd(x, factor, magic);
  const V r = hn::MulSub(x, factor, hn::Sub(shifted, magic));
  V p = hn::Set(kFloats, kExp2[4]);
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExp2[3]));
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExp2[2]));
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExp2[1]));
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExp2[0]));
  p = hn::MulAdd(p, r, hn::Set(kFloats, 1.0f));
  // p is in [0.7, 1.42]: adding n to its exponent is exact.
  const auto n = hn::ShiftLeft<23>(hn::BitCast(bits, shifted));
  return hn::BitCast(kFloats, hn::Add(hn::BitCast(bits, p), n));
}

HWY_INLINE V limited(V x, float limit) {
  return hn::Min(hn::Max(x, hn::Set(kFloats, -limit)), hn::Set(kFloats, limit));
}

HWY_INLINE V exp_limited(V x) {
  return exp_scaled(limited(x, kExpLimit), kLog2E);
}

// exp(-x) and exp(-2x), with which sigmoid(x) = 1 / (1 + exp(-x)) and
// tanh(x) = (1 - exp(-2x)) / (1 + exp(-2x)).
HWY_INLINE V decay(V x) {
  return exp_scaled(limited(x, kGateLimit), -kLog2E);
}
HWY_INLINE V decay_twice(V x) {
  return exp_scaled(limited(x, kGateLimit / 2), -2 * kLog2E);
}

HWY_INLINE V plus_one(V x) {
  return hn::Add(x, hn::Set(kFloats, 1.0f));
}
HWY_INLINE V one_minus(V x) {
  return hn::Sub(hn::Set(kFloats, 1.0f), x);
}

HWY_INLINE V sigmoid_of(V x) {
  return hn::Div(hn::Set(kFloats, 1.0f), plus_one(decay(x)));
}

HWY_INLINE V tanh_of(V x) {
  const V e = decay_twice(x);
  return hn::Div(one_minus(e), plus_one(e));
}

}  // namespace HWY_NAMESPACE
}  // namespace skol
HWY_AFTER_NAMESPACE();

#endif  // toggled guard
