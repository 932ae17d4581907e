// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// Added to the variance, so that a row of equal values, as that of a line without features, has
// an end: PyTorch's default.
inline constexpr float kLayerNormEpsilon = 1e-5f;

// Layer normalisation (Ba, Kiros, Hinton 2016) without gain and bias, which the weights that read
// it have already: x = (x - mean) / sqrt(variance + epsilon) over the first `size` of a row's
// `stride` values; the rest stays. inverse_deviations: one a row, for the way back; nullptr: not
// wanted. Sums are sixteen partial sums in an order of their own, the same on every processor.
void layer_norm(float* rows, std::size_t count, std::size_t size, std::size_t stride,
                float* inverse_deviations);

// From the gradient of the normalised rows to that of the rows before, in place. `normalised` are
// the rows as layer_norm left them, with the same stride.
void layer_norm_gradient(const float* normalised, const float* inverse_deviations,
                         std::size_t count, std::size_t size, std::size_t stride, float* gradient);

}  // namespace skol
