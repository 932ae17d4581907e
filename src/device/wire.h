// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a client and the server of `skol serve` say to each other: messages of one size over a Unix
// socket of type SOCK_SEQPACKET, each way one after the other, some with a file descriptor of
// shared memory. Both are of one user on one machine, and of one version: kWireVersion.

#include <cstddef>
#include <cstdint>

#include "device/abi.h"

namespace skol {

inline constexpr std::uint32_t kWireVersion = 2;

enum class WireKind : std::uint32_t {
  kHello = 1,    // from the server: `text` is its name, `text` of an error where it refuses
  kLoad = 2,     // to the server: a network of `sizes`, with its weights in shared memory
  kRegion = 3,   // to the server: shared memory for a slot, in place of the one before
  kPredict = 4,  // to the server: what lies in the slot's region
  kDone = 5      // from the server: the answer to one of the three before
};

struct WireMessage {
  std::uint32_t version = kWireVersion;
  WireKind kind = WireKind::kHello;
  std::int32_t status = kSkolDeviceOk;
  WireKind answers = WireKind::kHello;  // kDone: to which
  std::uint32_t slot = 0;
  // kLoad
  std::uint64_t input_size = 0, embedding_size = 0, normalized_size = 0, units = 0, num_layers = 0,
                num_classes = 0, padded_classes = 0;
  float normalization_epsilon = 0;
  std::uint32_t precision = kSkolDeviceFp32;
  // kRegion: what there is room for; kPredict: what is there
  std::uint64_t rows = 0, entries = 0, windows = 0, outputs = 0;
  // kDone after kLoad, kHello: bytes of the device
  std::uint64_t base_bytes = 0;
  char text[192] = {};  // ends with a 0
};

struct WireWindow {
  std::uint64_t first_row, length;
};

// Where the parts of a slot's region lie, in bytes from its start, each at a multiple of 8. Counts
// beyond what any memory holds give a size of 0.
struct RegionLayout {
  RegionLayout(std::uint64_t rows, std::uint64_t entries, std::uint64_t windows,
               std::uint64_t outputs) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
    if (rows > kMost || entries > kMost || windows > kMost || outputs > kMost) return;
    std::uint64_t at = 0;
    const auto take = [&](std::uint64_t size) {
      const std::uint64_t begin = at;
      at += (size + 7) / 8 * 8;
      return begin;
    };
    offsets = take((rows + 1) * sizeof(std::uint64_t));
    windows_at = take(windows * sizeof(WireWindow));
    columns = take(entries * sizeof(std::uint32_t));
    values = take(entries * sizeof(float));
    outputs_at = take(outputs * sizeof(float));
    bytes = at;
  }

  std::uint64_t offsets = 0, windows_at = 0, columns = 0, values = 0, outputs_at = 0;
  std::uint64_t bytes = 0;
};

}  // namespace skol
