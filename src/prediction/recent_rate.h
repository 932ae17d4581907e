// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace skol {

// How fast a count grows: over the last kSeconds to twice that, or since the beginning.
class RecentRate {
 public:
  // Long enough for some batches of the default size on a slow core, short enough that a change of
  // the batch size is seen soon.
  static constexpr double kSeconds = 2;

  explicit RecentRate(double now) : older_{now, 0}, newer_{now, 0} {}

  // Per second, from the count now; times do not decrease. A count may: a batch for which memory
  // ran out is begun again.
  double at(double now, std::uint64_t count) {
    if (now - newer_.time >= kSeconds) {
      older_ = newer_;
      newer_ = {now, count};
    }
    const double seconds = now - older_.time;
    if (seconds <= 0 || count <= older_.count) return 0;
    return static_cast<double>(count - older_.count) / seconds;
  }

 private:
  struct Mark {
    double time;
    std::uint64_t count;
  };
  Mark older_, newer_;
};

}  // namespace skol
