// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace skol {

// exp(x) = 2^n * 2^r, n the integer nearest to x log2(e), |r| <= 1/2. The remainder is one fused
// multiply-add, so the rounding of log2(e) to float32 stays in it: a relative error of
// 1.4e-8 |x|, which vanishes where sigmoid and tanh do not change any more.
inline constexpr float kLog2E = 1.44269504f;
// Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits of the number.
inline constexpr float kRoundMagic = 12582912.0f;
// 2^r = 1 + r (p0 + p1 r + ... + p4 r^4): least largest relative error over [-0.5005, 0.5005],
// 9.5e-8, below the 1.2e-7 from one float to the next. Exactly 1 at 0.
inline constexpr float kExp2[5] = {0.693147004f, 0.240222409f, 0.0555070080f, 0.00967159681f,
                                   0.00132742408f};
// Beyond this argument exp leaves the range of normal numbers.
inline constexpr float kExpLimit = 87.0f;
// Arguments of sigmoid, and of tanh doubled, are cut here: 1 + exp(-27.5) is 1 in float32, and
// the product of three of (1 + exp(27.5)) is finite, which lets lstm_step divide once.
inline constexpr float kGateLimit = 27.5f;

}  // namespace skol
