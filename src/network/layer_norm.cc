// SPDX-License-Identifier: Apache-2.0
#include "network/layer_norm.h"

#include <array>
#include <cmath>

namespace skol {
namespace {

// As many partial sums as the widest vector has lanes, so that a compiler may use vectors of any
// width without another order of additions.
constexpr std::size_t kSums = 16;

// The sum of value(i), i in [0, size).
template <class Value>
float sum_of(std::size_t size, const Value& value) {
  std::array<float, kSums> sums{};
  std::size_t i = 0;
  for (; i + kSums <= size; i += kSums) {
    for (std::size_t lane = 0; lane < kSums; ++lane) sums[lane] += value(i + lane);
  }
  for (std::size_t lane = 0; i + lane < size; ++lane) sums[lane] += value(i + lane);
  for (std::size_t half = kSums / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  }
  return sums[0];
}

}  // namespace

void layer_norm(float* rows, std::size_t count, std::size_t size, std::size_t stride,
                float* inverse_deviations) {
  const auto n = static_cast<float>(size);
  for (std::size_t r = 0; r < count; ++r) {
    float* const x = rows + r * stride;
    const float mean = sum_of(size, [x](std::size_t i) { return x[i]; }) / n;
    for (std::size_t i = 0; i < size; ++i) x[i] -= mean;
    const float variance = sum_of(size, [x](std::size_t i) { return x[i] * x[i]; }) / n;
    const float inverse = 1.0f / std::sqrt(variance + kLayerNormEpsilon);
    for (std::size_t i = 0; i < size; ++i) x[i] *= inverse;
    if (inverse_deviations != nullptr) inverse_deviations[r] = inverse;
  }
}

void layer_norm_gradient(const float* normalised, const float* inverse_deviations,
                         std::size_t count, std::size_t size, std::size_t stride, float* gradient) {
  const auto n = static_cast<float>(size);
  for (std::size_t r = 0; r < count; ++r) {
    const float* const x = normalised + r * stride;
    float* const g = gradient + r * stride;
    const float mean = sum_of(size, [g](std::size_t i) { return g[i]; }) / n;
    const float along = sum_of(size, [g, x](std::size_t i) { return g[i] * x[i]; }) / n;
    for (std::size_t i = 0; i < size; ++i) {
      g[i] = inverse_deviations[r] * (g[i] - mean - x[i] * along);
    }
  }
}

}  // namespace skol
