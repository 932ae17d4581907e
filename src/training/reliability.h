// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

namespace skol {

// Whether labels come true as often as the model says. For one thread.
class Reliability {
 public:
  // One line: the probability of the label predicted, in [0, 1], and whether that was right.
  void add(double probability, bool right) {
    const auto bin = static_cast<std::size_t>(probability * kBins);
    Bin& at = bins_[std::min(bin, kBins - 1)];
    at.probability += probability;
    at.right += right ? 1 : 0;
    ++at.lines;
    ++lines_;
  }

  // Expected calibration error (Naeini, Cooper, Hauskrecht 2015): in bins of equal width, the mean
  // over the lines of | share of right labels - mean probability |.
  std::optional<double> error() const {
    if (lines_ == 0) return std::nullopt;
    double sum = 0;
    for (const Bin& bin : bins_) sum += std::abs(bin.right - bin.probability);
    return sum / static_cast<double>(lines_);
  }

 private:
  static constexpr std::size_t kBins = 15;  // as Guo et al. 2017 and most since
  struct Bin {
    double probability = 0, right = 0;
    std::uint64_t lines = 0;
  };
  std::array<Bin, kBins> bins_{};
  std::uint64_t lines_ = 0;
};

}  // namespace skol
