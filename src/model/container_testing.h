// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <xxhash.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// For tests: builds containers by hand, good and bad, without the code under test.

namespace skol::testing {

constexpr std::string_view kStart = R"({"__metadata__":{"checksum":"xxh128:)";
constexpr std::string_view kZeros = "00000000000000000000000000000000";
constexpr std::size_t kDigitsAt = 8 + kStart.size();

inline std::string little_endian(std::uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

// Puts the right checksum into bytes that begin as a container does.
inline std::string sealed(std::string bytes) {
  if (bytes.size() < kDigitsAt + 32) return bytes;
  const std::string covered = bytes.substr(0, kDigitsAt) + bytes.substr(kDigitsAt + 32);
  const XXH128_hash_t hash = XXH3_128bits(covered.data(), covered.size());
  return bytes.replace(kDigitsAt, 32, fmt::format("{:016x}{:016x}", hash.high64, hash.low64));
}

// A container of this JSON header and data, sealed.
inline std::string file_of(std::string_view header, std::string_view data) {
  return sealed(little_endian(header.size()) + std::string(header) + std::string(data));
}

// The header of a container: more metadata (as ,"key":"value"), then tensors (as ,"name":{...}).
inline std::string header_of(std::string_view metadata, std::string_view tensors,
                             std::string_view version = "1") {
  return fmt::format(R"({}{}","format":"skol","format_version":"{}"{}}}{}}})", kStart, kZeros,
                     version, metadata, tensors);
}

// ,"name":{...}
inline std::string tensor_of(std::string_view name, std::string_view dtype, std::string_view shape,
                             std::string_view offsets) {
  return fmt::format(R"(,"{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape,
                     offsets);
}

}  // namespace skol::testing
