// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/kernels.h"

namespace skol {

// The kernels in plain loops: the definition of correct for all others, bit for bit, and what runs
// on a processor without a fused multiply-add. Named "scalar".
const Kernels& reference_kernels();

}  // namespace skol
