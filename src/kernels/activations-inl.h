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

struct Expm1Parts {
  V scale, expm1;
};

HWY_INLINE Expm1Parts expm1_parts(V x) {
  const hn::RebindToUnsigned<Floats> bits;
  const V magic = hn::Set(kFloats, kRoundMagic);
  const V shifted = hn::MulAdd(x, hn::Set(kFloats, kLog2E), magic);
  const V n = hn::Sub(shifted, magic);
  const V scale = hn::BitCast(
      kFloats, hn::ShiftLeft<23>(hn::Add(hn::BitCast(bits, shifted), hn::Set(bits, 127u))));
  V r = hn::MulAdd(n, hn::Set(kFloats, -kLn2High), x);
  r = hn::MulAdd(n, hn::Set(kFloats, -kLn2Low), r);
  V p = hn::Set(kFloats, kExpm1[4]);
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExpm1[3]));
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExpm1[2]));
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExpm1[1]));
  p = hn::MulAdd(p, r, hn::Set(kFloats, kExpm1[0]));
  return {scale, hn::MulAdd(p, hn::Mul(r, r), r)};
}

HWY_INLINE V exp_limited(V x) {
  x = hn::Max(x, hn::Set(kFloats, -kExpLimit));
  x = hn::Min(x, hn::Set(kFloats, kExpLimit));
  const Expm1Parts parts = expm1_parts(x);
  return hn::MulAdd(parts.scale, parts.expm1, parts.scale);
}

HWY_INLINE V sigmoid_of(V x) {
  const V one = hn::Set(kFloats, 1.0f);
  return hn::Div(one, hn::Add(one, exp_limited(hn::Neg(x))));
}

HWY_INLINE V tanh_of(V x) {
  const V magnitude = hn::Min(hn::Abs(x), hn::Set(kFloats, kTanhLimit));
  const Expm1Parts parts = expm1_parts(hn::Mul(hn::Set(kFloats, -2.0f), magnitude));
  const V expm1 =
      hn::MulAdd(parts.scale, parts.expm1, hn::Sub(parts.scale, hn::Set(kFloats, 1.0f)));
  const V ratio = hn::Div(hn::Neg(expm1), hn::Add(expm1, hn::Set(kFloats, 2.0f)));
  return hn::CopySign(ratio, x);
}

}  // namespace HWY_NAMESPACE
}  // namespace skol
HWY_AFTER_NAMESPACE();

#endif  // toggled guard
