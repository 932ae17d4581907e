// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol::bench {

// Whether this processor multiplies pairs of bfloat16 (vdpbf16ps).
bool has_bf16_multiply_adds();

// As run_multiply_adds() of multiply_add_peak.h, for products of bfloat16 added in float32. Only
// where has_bf16_multiply_adds(). Returns the floating-point operations.
double run_bf16_multiply_adds(std::size_t rounds);

}  // namespace skol::bench
