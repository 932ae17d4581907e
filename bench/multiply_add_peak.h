// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// Runs fused multiply-adds on registers alone, enough of them at a time to fill the pipeline, for
// `rounds` rounds, on the best SIMD target of this machine. Returns the floating-point operations.
double run_multiply_adds(std::size_t rounds);

}  // namespace skol
