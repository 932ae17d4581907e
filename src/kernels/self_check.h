// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/kernels.h"

namespace skol {

// Whether these kernels give the bits of the plain loops on this very processor, in a small product
// and the activations: the tests of the kernels cover all of them, on other processors. Takes less
// than a millisecond.
bool gives_reference_bits(const Kernels& kernels);

}  // namespace skol
