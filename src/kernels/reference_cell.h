// SPDX-License-Identifier: Apache-2.0
// The functions of an LSTM cell as plain arithmetic: the definition of what is correct.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/activation_constants.h"

namespace skol {

// exp(scale / log2(e) * x) for arguments within kExpLimit.
inline float exp_scaled(float x, float scale) {
  const float shifted = std::fma(x, scale, kRoundMagic);
  const float r = std::fma(x, scale, -(shifted - kRoundMagic));
  float p = kExp2[4];
  for (int i = 3; i >= 0; --i) p = std::fma(p, r, kExp2[i]);
  p = std::fma(p, r, 1.0f);
  const std::uint32_t n = std::bit_cast<std::uint32_t>(shifted) << 23;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + n);
}

// In this order of comparisons a NaN becomes -limit, as the vector instructions have it.
inline float limited(float x, float limit) {
  x = x > -limit ? x : -limit;
  return x < limit ? x : limit;
}

inline float exp_limited(float x) {
  return exp_scaled(limited(x, kExpLimit), kLog2E);
}

// exp(-x) and exp(-2x), with which sigmoid(x) = 1 / (1 + exp(-x)) and
// tanh(x) = (1 - exp(-2x)) / (1 + exp(-2x)).
inline float decay(float x) {
  return exp_scaled(limited(x, kGateLimit), -kLog2E);
}
inline float decay_twice(float x) {
  return exp_scaled(limited(x, kGateLimit / 2), -2 * kLog2E);
}

inline float sigmoid_of(float x) {
  return 1.0f / (1.0f + decay(x));
}

inline float tanh_of(float x) {
  const float e = decay_twice(x);
  return (1.0f - e) / (1.0f + e);
}

// The new state of a unit from its gates z (i, f, g, o), with the fractions of sigmoid and tanh
// brought to one denominator: c = sigmoid(zf) c_previous + sigmoid(zi) tanh(zg); returns
// h = sigmoid(zo) tanh(c).
inline float update_cell(const float (&z)[4], float c_previous, float& c) {
  const float e_g = decay_twice(z[2]), f = 1.0f + decay(z[1]), o = 1.0f + decay(z[3]);
  const float i_g = (1.0f + decay(z[0])) * (1.0f + e_g);
  c = std::fma(c_previous, i_g, (1.0f - e_g) * f) / (i_g * f);
  const float e_c = decay_twice(c);
  return (1.0f - e_c) / (o * (1.0f + e_c));
}

}  // namespace skol
