// SPDX-License-Identifier: Apache-2.0
#include "tuning/shared_memory.h"

#include <algorithm>

#include "base/fail.h"
#include "base/sizes.h"

namespace skol {
namespace {

// 95 % as a fraction: products with kMostBytes stay far below 2^64, so the verdicts are exact.
constexpr std::uint64_t kSafeParts = 19, kParts = 20;

}  // namespace

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSafe:
      return "safe";
    case Verdict::kTight:
      return "tight";
    case Verdict::kTooLarge:
      return "too_large";
  }
  return "too_large";
}

std::uint64_t SharedMemory::each(std::size_t batch_size) const {
  return exact ? exact(batch_size) : executor.bytes(batch_size);
}

std::uint64_t SharedMemory::total(std::size_t executors, std::size_t batch_size) const {
  const std::uint64_t one = each(batch_size);
  if (static_cast<double>(one) * static_cast<double>(executors) > static_cast<double>(kMostBytes)) {
    fail(ErrorKind::kParameter,
         "executors is {}: with {} bytes each they would take more than 8 PiB", executors, one);
  }
  return one * executors;
}

Verdict SharedMemory::verdict(std::uint64_t total) const {
  if (total > bytes) return Verdict::kTooLarge;
  return total * kParts > bytes * kSafeParts ? Verdict::kTight : Verdict::kSafe;
}

double SharedMemory::share(std::uint64_t total) const {
  return static_cast<double>(total) / static_cast<double>(bytes);
}

std::uint64_t SharedMemory::safe_bytes() const {
  return bytes * kSafeParts / kParts;
}

std::size_t SharedMemory::largest_safe_batch(std::size_t executors) const {
  const std::uint64_t share_of_one = safe_bytes() / executors;
  if (exact) {
    std::size_t fits = 0, too_large = kMostBatchSize + 1;
    while (fits + 1 < too_large) {
      const std::size_t middle = fits + (too_large - fits) / 2;
      (exact(middle) <= share_of_one ? fits : too_large) = middle;
    }
    return fits;
  }
  if (share_of_one < executor.base_bytes) return 0;
  if (executor.window_bytes == 0) return kMostBatchSize;
  return std::min((share_of_one - executor.base_bytes) / executor.window_bytes, kMostBatchSize);
}

std::size_t SharedMemory::most_safe_executors(std::size_t batch_size) const {
  return std::min(safe_bytes() / std::max<std::uint64_t>(1, each(batch_size)), kMostExecutors);
}

}  // namespace skol
