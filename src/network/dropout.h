// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/random.h"
#include "base/sparse_rows.h"

namespace skol {

struct DropoutOptions {
  double rate = 0.0;          // in [0, 1), on each LSTM's input
  double feature_rate = 0.0;  // the same, on the entries of a row that is embedded
  double line_rate = 0.0;     // of rows that are embedded and lose all their entries
  double word_rate = 0.0;     // of the other rows that do, lose those that are not of form
  double form_rate = 0.0;     // of the rest, those that are
  std::uint64_t seed = 0;
  std::uint64_t step = 0;  // another mask for each step
};

// Inverted dropout (Srivastava et al. 2014) with a mask that is a function of (seed, stream,
// index), so that it can be had again on the way back and on any thread. Eight values share one
// random number, a byte each: the rate in force is the nearest multiple of 1/256, and the values
// kept are scaled by just that.
class Dropout {
 public:
  Dropout(double rate, std::uint64_t seed, std::uint64_t stream) : random_(seed, stream) {
    const auto dropped = static_cast<std::size_t>(std::lround(std::min(rate * 256, 255.0)));
    active_ = dropped > 0;
    for (std::size_t byte = 0; byte < factor_.size(); ++byte) {
      factor_[byte] = byte < dropped ? 0.0f : 256.0f / static_cast<float>(256 - dropped);
    }
  }

  bool active() const { return active_; }

  // values[i] is kept and scaled, or set to 0, by the mask at first + i. `first` is a multiple
  // of 8.
  void apply(std::uint64_t first, std::span<float> values) const {
    for (std::size_t i = 0; i < values.size(); i += 8) {
      std::uint64_t bits = random_.bits((first + i) / 8);
      const std::size_t end = std::min(values.size(), i + 8);
      for (std::size_t j = i; j < end; ++j, bits >>= 8) values[j] *= factor_[bits & 0xFF];
    }
  }

 private:
  CounterRandom random_;
  bool active_ = false;
  std::array<float, 256> factor_;
};

// Sets to 0 the values that options.line_rate, word_rate and form_rate leave out of embedded rows,
// by one draw a row; a row of 0 is normalised to 0. form: as in TrainingBatch.
void drop_lines(const DropoutOptions& options, std::span<const std::uint8_t> form,
                SparseRows& rows);

}  // namespace skol
