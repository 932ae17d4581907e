// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace skol {

// What a running prediction tells of itself to other processes of its user. Times are in
// nanoseconds of the machine's monotonic clock, which all processes share.
struct RunStatus {
  std::string what;    // verb of the command, "python", "spark worker", or the program's name
  std::string model;   // where it is kept, or a key; empty: not known
  std::string device;  // "cpu avx512"
  std::uint64_t started = 0, updated = 0;
  std::uint64_t documents = 0;  // begun
  std::uint64_t lines = 0;      // physical, of these documents
  std::uint64_t windows = 0;    // of these documents
  std::uint64_t windows_done = 0;
  std::uint64_t predict_calls = 0;
  std::uint64_t prediction_batch_size = 0;  // in force
  std::uint64_t reductions = 0;
  std::uint64_t resident_bytes = 0;  // of the process
  std::uint64_t workspace_bytes = 0;
  std::uint64_t budget_bytes = 0;  // 0: none
  std::uint64_t threads = 0;
  double windows_per_second = 0;  // over the last seconds

  bool operator==(const RunStatus&) const = default;
};

// The same as bytes of a fixed layout, in the byte order of the machine they stay on. The magic and
// the version come first; a checksum over all the rest makes any mixture of two updates, which a
// reader beside a writer may see, as recognisable as bytes of another origin.
inline constexpr std::size_t kRunStatusBytes = 512;
using RunStatusBytes = std::array<char, kRunStatusBytes>;

// Of texts too long for the layout the end is kept: of a path that is what tells it from others.
RunStatusBytes encode(const RunStatus& status);
// Nothing for bytes that are not those of one whole status of this version.
std::optional<RunStatus> decode_run_status(std::span<const char> bytes);

}  // namespace skol
