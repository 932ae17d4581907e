// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace skol {

// SplitMix64's output function (Steele, Lea, Flood 2014): a good hash of a counter, so that random
// number k of a stream can be had without numbers 0..k-1, in any order, on any thread.
constexpr std::uint64_t mix64(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// Independent streams of random numbers: (seed, stream) names a stream, `index` a number in it.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream)
      : key_(mix64(mix64(seed) + (stream + 1) * 0x9E3779B97F4A7C15u)) {}

  std::uint64_t bits(std::uint64_t index) const {
    return mix64(key_ + (index + 1) * 0x9E3779B97F4A7C15u);
  }
  // Uniform in [0, 1).
  double uniform(std::uint64_t index) const {
    return static_cast<double>(bits(index) >> 11) * 0x1.0p-53;
  }
  // Standard normal (Box and Muller 1958), from numbers 2*index and 2*index+1.
  double normal(std::uint64_t index) const {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(2 * index)));
    return radius * std::cos(6.283185307179586 * uniform(2 * index + 1));
  }
  // Uniform integer in [0, n), n >= 1. The bias of 2^-64 n does not matter here.
  std::uint64_t below(std::uint64_t index, std::uint64_t n) const { return bits(index) % n; }

 private:
  std::uint64_t key_;
};

}  // namespace skol
