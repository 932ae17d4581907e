// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/fragments.h"
#include "cuda/recurrence.h"

namespace skol::cuda {

// The recurrence where a layer's weights are too many for the chip: a step is a MatrixProduct of
// all windows' outputs before, and this, a thread a unit of a window.
struct StepCell {
  static constexpr int kThreads = 256;
  static constexpr std::size_t kSharedBytes = 0;

  struct Args {
    RecurrenceData data;
    const float* products;  // [active][units][4]; null in the first step
    float* h;               // [active][units], so, too, the cells
    float* cells;
    std::uint32_t direction, step, active;
    std::uint32_t bf16;  // 1: outputs are rounded to it
  };

  static constexpr std::uint32_t groups(std::uint32_t active, std::uint32_t units) {
    return (active * units + kThreads - 1) / kThreads;
  }

  template <class Group>
  SKOL_DEVICE static void run(Group& group, const Args& args) {
    const RecurrenceData& data = args.data;
    group.each_thread([&](int, int thread) {
      const std::uint32_t i = group.x() * kThreads + static_cast<std::uint32_t>(thread);
      const std::uint32_t w = i / data.units, unit = i % data.units;
      if (w >= args.active) return;
      const DeviceWindow& window = data.windows[w];
      const std::uint32_t place = place_of(window, args.direction, args.step);
      Float4 z = gates_of(data, args.direction, window, place, unit);
      float c = 0;
      if (args.products != nullptr) {
        const Float4 s = *reinterpret_cast<const Float4*>(args.products + std::size_t{4} * i);
        z = {z.x + s.x, z.y + s.y, z.z + s.z, z.w + s.w};
        c = args.cells[i];
      }
      float h = lstm_cell(z, c);
      if (args.bf16) h = rounded_to_bf16(h);
      args.cells[i] = c;
      args.h[i] = h;
      output_of(data, args.direction, window, place, unit) = h;
    });
  }
};

}  // namespace skol::cuda
