// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace skol {

// What a tuning measured of a model, what it chose and where: kept in the model, so that whoever
// loads it knows for what its prediction_batch_size is good. Nothing that a label depends on.
struct TuningRecord {
  struct Point {
    std::size_t batch_size = 0;
    // Of the process, or of the device, when batches of this size are predicted.
    std::uint64_t bytes = 0;
    double windows_per_second = 0;
  };

  // What was measured on.
  struct Hardware {
    std::string processor;           // its name with family and model number; of a device, its name
    std::size_t cores = 0;           // used: the threads that predicted; or multiprocessors
    std::string target;              // SIMD target; or "cuda"
    std::uint64_t memory_bytes = 0;  // of the whole machine; or of the device
  };

  // The line through the points: base_bytes + batch size x window_bytes; fit_error is its largest
  // distance from a point, as a share of what was measured.
  std::uint64_t base_bytes = 0, window_bytes = 0;
  double fit_error = 0;
  std::vector<Point> points;              // ascending batch sizes
  std::size_t prediction_batch_size = 0;  // the choice
  std::string reason;                     // for it, on one line
  std::string date;                       // UTC, ISO 8601
  Hardware hardware;
  std::string device = "cpu";
  std::string precision = "fp32";
};

// What a record may hold at most. A tuning measures a dozen batch sizes.
inline constexpr std::size_t kMostTunedPoints = 256;
inline constexpr std::size_t kMostTunedText = 4'096;  // bytes of each text, UTF-8

// Error kParameter, naming what is out of range and what it may be.
void check(const TuningRecord& record);

}  // namespace skol
