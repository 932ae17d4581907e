// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// Runs fused multiply-adds on registers alone, enough of them at a time to fill the pipeline, for
// `rounds` rounds, on the best SIMD target of this machine. Returns the floating-point operations.
double run_multiply_adds(std::size_t rounds);

// The same with dot products of pairs in bf16; 0 where the processor has none.
double run_bf16_multiply_adds(std::size_t rounds);

}  // namespace skol
