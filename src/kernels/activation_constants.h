// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace skol {

// exp(x) = 2^n * (1 + expm1(r)), x = n ln2 + r, |r| <= ln2 / 2.
inline constexpr float kLog2E = 1.44269504f;
// ln2 in two parts; the first has 9 significant bits, so that n * kLn2High is exact for |n| < 2^15.
inline constexpr float kLn2High = 0.693359375f;
inline constexpr float kLn2Low = -2.12194440e-4f;
// Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits of the number.
inline constexpr float kRoundMagic = 12582912.0f;
// expm1(r) = r + r^2 (p0 + p1 r + ... + p4 r^4): interpolates at the Chebyshev points of
// [-0.3475, 0.3475]; below 3e-9 from it, a tenth of a float's rounding.
inline constexpr float kExpm1[5] = {0.5f, 0.16666576f, 0.041666553f, 0.0083633331f, 0.0013926376f};
// Beyond these arguments sigmoid and tanh are at their limits in float32, and exp stays finite.
inline constexpr float kExpLimit = 87.0f;
inline constexpr float kTanhLimit = 20.0f;

}  // namespace skol
