// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any bytes are either refused with an Error of kModel or are exactly a container
// that encodes to an equal one. Build with clang:
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc
//     fuzz/container_fuzz.cc src/model/{container,container_header,foreign_format}.cc
//     src/base/in_quotes.cc -lfmt -lxxhash -o container_fuzz
#include <fmt/format.h>
#include <xxhash.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "model/container.h"
#include "model/container_header.h"
#include "skol/error.h"

namespace {

void decode(std::string_view bytes) {
  try {
    const skol::Container container = skol::decode_container(bytes);
    const std::string again = skol::encode_container(container);
    const skol::Container same = skol::decode_container(again);
    if (same.metadata != container.metadata || same.tensors.size() != container.tensors.size()) {
      std::abort();
    }
  } catch (const skol::Error& error) {
    if (error.kind() != skol::ErrorKind::kModel) std::abort();
  }
}

// Nearly no mutation keeps the checksum; with a right one, the fuzzer gets past it.
std::string with_checksum(std::string bytes) {
  constexpr std::size_t kAt = 8 + skol::kHeaderStart.size();
  if (bytes.size() < kAt + skol::kChecksumDigits) return bytes;
  const std::string covered = bytes.substr(0, kAt) + bytes.substr(kAt + skol::kChecksumDigits);
  const XXH128_hash_t hash = XXH3_128bits(covered.data(), covered.size());
  return bytes.replace(kAt, skol::kChecksumDigits,
                       fmt::format("{:016x}{:016x}", hash.high64, hash.low64));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  decode(bytes);
  decode(with_checksum(bytes));
  return 0;
}
