// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/memory_line.h"

namespace skol {

// The most that a batch size and a number of executors may be. The first is what prediction takes
// (skol/options.h).
inline constexpr std::size_t kMostBatchSize = std::size_t{1} << 24;
inline constexpr std::size_t kMostExecutors = std::size_t{1} << 16;

enum class Verdict {
  kSafe,
  kTight,    // more than 95 % of the memory
  kTooLarge  // more than the memory
};

// "safe", "tight", "too_large".
const char* verdict_name(Verdict verdict);

// A memory that several executors share, and what each of them takes of it.
struct SharedMemory {
  std::string name;  // "device", "host"
  std::uint64_t bytes = 0;
  MemoryLine executor;
  // Instead of the line, where what an executor takes is known for every size: the line is only its
  // nearest then. Does not fall where the size grows.
  std::function<std::uint64_t(std::size_t batch_size)> exact = {};

  // What an executor takes.
  std::uint64_t each(std::size_t batch_size) const;
  // Error kParameter beyond kMostBytes.
  std::uint64_t total(std::size_t executors, std::size_t batch_size) const;
  Verdict verdict(std::uint64_t total) const;
  // The share of the memory, 1 for all of it.
  double share(std::uint64_t total) const;
  // The largest total that is safe.
  std::uint64_t safe_bytes() const;
  // The largest batch size that is safe, at most kMostBatchSize; 0 where none is.
  std::size_t largest_safe_batch(std::size_t executors) const;
  // The most executors for which a batch size is safe; 0 where not even one is.
  std::size_t most_safe_executors(std::size_t batch_size) const;
};

}  // namespace skol
