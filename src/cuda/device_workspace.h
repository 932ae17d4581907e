// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/carver.h"
#include "cuda/recurrence.h"
#include "device/abi.h"

namespace skol::cuda {

// Entries of sparse rows that are brought to the device at a time, for each line there is room for:
// a line of text has some 30. More come in several parts.
inline constexpr std::size_t kEntriesOfLine = 64;

// All memory of the device for batches of up to `windows` windows of `window_size` lines, cut from
// one block (Carver). What is of a slot is there twice: one batch is copied while another computes.
struct DeviceWorkspace {
  struct Slot {
    std::uint32_t* offsets;  // [lines + 1]
    std::uint32_t* columns;  // [entries]
    float* values;           // [entries]
    DeviceWindow* windows;
    float* probabilities;  // [rows][classes]
  };

  void lay_out(Carver& carver, const SkolDeviceNetwork& network, std::size_t windows,
               std::size_t window_size) {
    const std::size_t rows = windows * window_size, units = network.units;
    entries = rows * kEntriesOfLine;
    for (Slot& slot : slots) {
      slot.offsets = carver.take<std::uint32_t>(rows + 1);
      slot.columns = carver.take<std::uint32_t>(entries);
      slot.values = carver.take<float>(entries);
      slot.windows = carver.take<DeviceWindow>(windows);
      slot.probabilities = carver.take<float>(rows * network.num_classes);
    }
    if (network.num_layers == 0) {
      logits = carver.take<float>(rows * network.padded_classes);
      return;
    }
    embedded = carver.take<float>(rows * network.embedding_size);
    gates = carver.take<float>(rows * 8 * units);
    outputs[0] = carver.take<float>(rows * 2 * units);
    outputs[1] = network.num_layers > 1 ? carver.take<float>(rows * 2 * units) : outputs[0];
    products = carver.take<float>(windows * 4 * units);
    h = carver.take<float>(windows * units);
    cells = carver.take<float>(windows * units);
  }

  static std::size_t bytes(const SkolDeviceNetwork& network, std::size_t windows,
                           std::size_t window_size) {
    Carver counter;
    DeviceWorkspace().lay_out(counter, network, windows, window_size);
    return counter.bytes();
  }

  std::size_t entries = 0;
  Slot slots[kSkolDeviceSlots] = {};
  float* logits = nullptr;               // [lines][padded_classes], without layers
  float* embedded = nullptr;             // [lines][embedding_size]
  float* gates = nullptr;                // [lines or rows][2][units][4]
  float* outputs[2] = {};                // [rows][2][units]
  float* products = nullptr;             // [windows][units][4], of a step; so, too, these:
  float *h = nullptr, *cells = nullptr;  // [windows][units]
};

}  // namespace skol::cuda
