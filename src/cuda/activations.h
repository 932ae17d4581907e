// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>

#include "cuda/portable.h"
#include "kernels/activation_constants.h"

namespace skol::cuda {

// The functions of kernels/reference_cell.h, step by step.
SKOL_DEVICE float exp_scaled(float x, float scale) {
  const float shifted = fmaf(x, scale, kRoundMagic);
  const float r = fmaf(x, scale, -(shifted - kRoundMagic));
  constexpr float p0 = kExp2[0], p1 = kExp2[1], p2 = kExp2[2], p3 = kExp2[3], p4 = kExp2[4];
  const float p = fmaf(fmaf(fmaf(fmaf(fmaf(p4, r, p3), r, p2), r, p1), r, p0), r, 1.0f);
  const std::uint32_t n = std::bit_cast<std::uint32_t>(shifted) << 23;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + n);
}

SKOL_DEVICE float limited(float x, float limit) {
  x = x > -limit ? x : -limit;
  return x < limit ? x : limit;
}

SKOL_DEVICE float exp_limited(float x) {
  return exp_scaled(limited(x, kExpLimit), kLog2E);
}

// exp(-x) and exp(-2x), with which sigmoid(x) = 1 / (1 + exp(-x)) and
// tanh(x) = (1 - exp(-2x)) / (1 + exp(-2x)).
SKOL_DEVICE float decay(float x) {
  return exp_scaled(limited(x, kGateLimit), -kLog2E);
}
SKOL_DEVICE float decay_twice(float x) {
  return exp_scaled(limited(x, kGateLimit / 2), -2 * kLog2E);
}

// One cell, with the fractions of sigmoid and tanh brought to one denominator: z the gates before
// their activation in the order i, f, g, o. Returns the output h.
SKOL_DEVICE float lstm_cell(const Float4& z, float& c) {
  const float e_g = decay_twice(z.z), f = 1.0f + decay(z.y), o = 1.0f + decay(z.w);
  const float i_g = (1.0f + decay(z.x)) * (1.0f + e_g);
  c = fmaf(c, i_g, (1.0f - e_g) * f) / (i_g * f);
  const float e_c = decay_twice(c);
  return (1.0f - e_c) / (o * (1.0f + e_c));
}

}  // namespace skol::cuda
