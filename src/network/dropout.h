// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/random.h"

namespace skol {

// Inverted dropout (Srivastava et al. 2014) with a mask that is a function of (seed, stream,
// index), so that it can be had again on the way back and on any thread. Four values share one
// random number, 16 bits each: the rate is exact to 2^-16.
class Dropout {
 public:
  Dropout(double rate, std::uint64_t seed, std::uint64_t stream)
      : random_(seed, stream),
        threshold_(static_cast<std::uint64_t>(std::lround(rate * 65536))),
        scale_(static_cast<float>(1.0 / (1.0 - rate))) {}

  bool active() const { return threshold_ > 0; }

  // values[i] is kept and scaled, or set to 0, by the mask at first + i. `first` is a multiple
  // of 4.
  void apply(std::uint64_t first, std::span<float> values) const {
    for (std::size_t i = 0; i < values.size(); i += 4) {
      std::uint64_t bits = random_.bits((first + i) / 4);
      for (std::size_t j = i; j < values.size() && j < i + 4; ++j, bits >>= 16) {
        values[j] = (bits & 0xFFFF) < threshold_ ? 0.0f : values[j] * scale_;
      }
    }
  }

 private:
  CounterRandom random_;
  std::uint64_t threshold_;
  float scale_;
};

}  // namespace skol
