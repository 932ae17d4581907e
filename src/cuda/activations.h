// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>

#include "cuda/portable.h"
#include "kernels/activation_constants.h"

namespace skol::cuda {

// exp, sigmoid and tanh as kernels/reference_kernels.cc defines them, step by step.
struct Expm1Parts {
  float scale;  // 2^n
  float expm1;  // of the remainder
};

SKOL_DEVICE Expm1Parts expm1_parts(float x) {
  const float shifted = fmaf(x, kLog2E, kRoundMagic);
  const float n = shifted - kRoundMagic;
  const float scale = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127u) << 23);
  const float r = fmaf(n, -kLn2Low, fmaf(n, -kLn2High, x));
  constexpr float p0 = kExpm1[0], p1 = kExpm1[1], p2 = kExpm1[2], p3 = kExpm1[3], p4 = kExpm1[4];
  const float p = fmaf(fmaf(fmaf(fmaf(p4, r, p3), r, p2), r, p1), r, p0);
  return {scale, fmaf(p, r * r, r)};
}

SKOL_DEVICE float exp_limited(float x) {
  x = x > -kExpLimit ? x : -kExpLimit;
  x = x < kExpLimit ? x : kExpLimit;
  const Expm1Parts parts = expm1_parts(x);
  return fmaf(parts.scale, parts.expm1, parts.scale);
}

SKOL_DEVICE float sigmoid(float x) {
  return 1.0f / (1.0f + exp_limited(-x));
}

SKOL_DEVICE float tanh_of(float x) {
  float magnitude = fabsf(x);
  magnitude = magnitude < kTanhLimit ? magnitude : kTanhLimit;
  const Expm1Parts parts = expm1_parts(-2.0f * magnitude);
  const float expm1 = fmaf(parts.scale, parts.expm1, parts.scale - 1.0f);
  return copysignf(-expm1 / (expm1 + 2.0f), x);
}

// One cell: z the gates before their activation in the order i, f, g, o. Returns the output h.
SKOL_DEVICE float lstm_cell(const Float4& z, float& c) {
  c = fmaf(sigmoid(z.y), c, sigmoid(z.x) * tanh_of(z.z));
  return sigmoid(z.w) * tanh_of(c);
}

}  // namespace skol::cuda
