// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/activations.h"
#include "cuda/portable.h"

namespace skol::cuda {

// A window on the device, the longest first.
struct DeviceWindow {
  std::uint32_t first_line;  // of the lines, whose gates the first layer reads
  std::uint32_t first_row;   // of the rows: all windows one after the other
  std::uint32_t length;
};

// What both forms of the recurrence read and write. Gates stand unit by unit: [row][2 directions]
// [units][4].
struct RecurrenceData {
  const DeviceWindow* windows;
  const float* gates;         // what input and bias contribute, before activation
  const float* recurrent[2];  // by direction; see pack_recurrent
  float* outputs;             // [rows][2][units]
  std::uint32_t num_windows, units;
  std::uint32_t by_line;  // 1: gates of a line, shared by windows (the first layer); 0: of a row
};

// The place in a window that the direction takes in a step.
SKOL_DEVICE std::uint32_t place_of(const DeviceWindow& window, std::uint32_t direction,
                                   std::uint32_t step) {
  return direction == 0 ? step : window.length - 1 - step;
}

SKOL_DEVICE Float4 gates_of(const RecurrenceData& data, std::uint32_t direction,
                            const DeviceWindow& window, std::uint32_t place, std::uint32_t unit) {
  const std::size_t row = (data.by_line ? window.first_line : window.first_row) + place;
  return *reinterpret_cast<const Float4*>(data.gates +
                                          ((row * 2 + direction) * data.units + unit) * 4);
}

SKOL_DEVICE float& output_of(const RecurrenceData& data, std::uint32_t direction,
                             const DeviceWindow& window, std::uint32_t place, std::uint32_t unit) {
  const std::size_t row = window.first_row + place;
  return data.outputs[(row * 2 + direction) * data.units + unit];
}

// Where the recurrent weights of a thread lie, of units / 4 quarters of four gates each: the first
// in registers, more in shared memory, what is left in global memory.
struct WeightPlaces {
  std::uint32_t in_shared, in_global;
};

// One direction of a layer over a slice of the windows, all time steps in one launch, as Diamos et
// al. 2016 ("Persistent RNNs") keep the weights on chip. A cluster of blocks has the units of the
// layer between its blocks. In a block four threads work on a unit, each on a quarter of the
// outputs before (k), for the four gates of the unit and a tile of 4 * kEach windows: a value of h
// read from shared memory serves 4 multiply-adds, a weight 4 * kEach. The four sums are added by
// shuffles, after which each of the four threads has kEach windows to itself: activations, cell,
// output, which it writes to all blocks of the cluster. One barrier a step.
//
// With 128 units that is one block of 512 threads with 16 of its 32 quarters' rows in registers
// (64 of the 128 registers it may have) and 128 KiB of weights in shared memory. The order of the
// sum depends on nothing but the number of units.
template <int kEach_, int kInRegisters_, int kMostThreads_>
struct Recurrence {
  static constexpr int kEach = kEach_, kInRegisters = kInRegisters_;
  static constexpr int kThreads = kMostThreads_;
  static constexpr int kTile = 4 * kEach;  // windows
  static constexpr int kSum = 4 * kEach;   // values that a thread is left with, of four times that

  struct Args {
    RecurrenceData data;
    std::uint32_t slice;  // windows of a group, a multiple of kTile
    std::uint32_t cluster;
    WeightPlaces places;
  };
  struct Sums {
    float value[4 * kSum];  // [kTile windows][4 gates]
  };
  struct Weights {
    Float4 value[kInRegisters > 0 ? kInRegisters : 1];
  };
  struct Gates {
    Float4 value[kEach];
  };

  // Floats of shared memory: weights, outputs of two steps, cells.
  static constexpr std::size_t quarter(std::uint32_t units) { return units / 4 + 4; }
  static constexpr std::size_t shared_bytes(std::uint32_t units, std::uint32_t cluster,
                                            std::uint32_t slice, std::uint32_t in_shared) {
    const std::size_t threads = 4 * units / cluster;
    return sizeof(float) *
           (4 * threads * in_shared + 2 * slice * 4 * quarter(units) + slice * (units / cluster));
  }

  template <class Group>
  SKOL_DEVICE static void run(Group& group, const Args& args) {
    Slice<Group>(group, args).run();
  }

 private:
  template <class Group>
  class Slice {
   public:
    SKOL_DEVICE Slice(Group& group, const Args& args)
        : group_(group),
          args_(args),
          data_(args.data),
          direction_(group.y()),
          units_(args.data.units),
          own_units_(args.data.units / args.cluster),
          stride_(args.data.units / 4 + 4),
          first_(group.x() * args.slice),
          count_(smaller(args.slice, args.data.num_windows - group.x() * args.slice)) {}

    SKOL_DEVICE void run() {
      auto weights = group_.template per_thread<Weights>();
      auto sums = group_.template per_thread<Sums>();
      auto gates = group_.template per_thread<Gates>();
      group_.each_thread([&](int rank, int thread) { load(rank, thread, weights(rank, thread)); });
      group_.barrier();
      const std::uint32_t steps = data_.windows[first_].length;
      std::uint32_t active = count_;
      for (std::uint32_t step = 0; step < steps; ++step) {
        while (data_.windows[first_ + active - 1].length <= step) --active;
        for (std::uint32_t tile = 0; tile < active; tile += kTile) {
          group_.each_thread([&](int rank, int thread) {
            read_gates(rank, thread, tile, active, step, gates(rank, thread));
            multiply(rank, thread, tile, step, weights(rank, thread), sums(rank, thread));
          });
          group_.template sum_of_four<kSum>(sums);
          group_.each_thread([&](int rank, int thread) {
            update(rank, thread, tile, active, step, gates(rank, thread), sums(rank, thread));
          });
        }
        group_.barrier();
      }
    }

   private:
    SKOL_DEVICE std::uint32_t unit_of(int rank, int thread) const {
      return static_cast<std::uint32_t>(rank) * own_units_ + static_cast<std::uint32_t>(thread) / 4;
    }
    // h of step % 2 of a window of the slice: four quarters, set off from each other so that four
    // threads that read one each meet no bank twice.
    SKOL_DEVICE float* h_of(int rank, std::uint32_t step, std::uint32_t window) {
      const std::uint32_t weights = 16 * own_units_ * args_.places.in_shared;
      return group_.shared(rank) + weights + ((step % 2) * args_.slice + window) * 4 * stride_;
    }
    SKOL_DEVICE float& cell_of(int rank, std::uint32_t window, std::uint32_t own_unit) {
      return h_of(rank, 0, 2 * args_.slice)[window * own_units_ + own_unit];
    }
    // The j-th row of the thread's quarter.
    SKOL_DEVICE const Float4* weight_of(int rank, int thread, std::uint32_t j) const {
      const float* const matrix = data_.recurrent[direction_];
      return reinterpret_cast<const Float4*>(matrix) +
             (static_cast<std::size_t>(j) * units_ + unit_of(rank, thread)) * 4 + thread % 4;
    }
    SKOL_DEVICE Float4* shared_weight(int rank, int thread, std::uint32_t j) {
      return reinterpret_cast<Float4*>(group_.shared(rank)) + j * 4 * own_units_ +
             static_cast<std::uint32_t>(thread);
    }

    // Weights to their places; h of the first step and all cells are 0.
    SKOL_DEVICE void load(int rank, int thread, Weights& weights) {
      SKOL_UNROLL
      for (int j = 0; j < kInRegisters; ++j) {
        weights.value[j] = *weight_of(rank, thread, static_cast<std::uint32_t>(j));
      }
      for (std::uint32_t j = 0; j < args_.places.in_shared; ++j) {
        *shared_weight(rank, thread, j) = *weight_of(rank, thread, kInRegisters + j);
      }
      const auto at = static_cast<std::uint32_t>(thread), threads = 4 * own_units_;
      float* const h = h_of(rank, 0, 0);
      const std::uint32_t zeros = 2 * args_.slice * 4 * stride_ + args_.slice * own_units_;
      for (std::uint32_t i = at; i < zeros; i += threads) h[i] = 0.0f;
    }

    // Windows of a tile of which a thread has the sums in the end.
    SKOL_DEVICE std::uint32_t window_of(int thread, std::uint32_t tile, int i) const {
      return tile + static_cast<std::uint32_t>((thread % 4) * kEach + i);
    }

    // Asked for before the products, needed after them.
    SKOL_DEVICE void read_gates(int rank, int thread, std::uint32_t tile, std::uint32_t active,
                                std::uint32_t step, Gates& gates) {
      SKOL_UNROLL
      for (int i = 0; i < kEach; ++i) {
        const std::uint32_t w = window_of(thread, tile, i);
        if (w >= active) continue;
        const DeviceWindow& window = data_.windows[first_ + w];
        gates.value[i] = gates_of(data_, direction_, window, place_of(window, direction_, step),
                                  unit_of(rank, thread));
      }
    }

    SKOL_DEVICE void multiply(int rank, int thread, std::uint32_t tile, std::uint32_t step,
                              const Weights& weights, Sums& sums) {
      SKOL_UNROLL
      for (int i = 0; i < 4 * kSum; ++i) sums.value[i] = 0.0f;
      const float* h = h_of(rank, step, tile) + static_cast<std::uint32_t>(thread % 4) * stride_;
      SKOL_UNROLL
      for (int j = 0; j < kInRegisters; j += 4) add_products(h + j, &weights.value[j], sums);
      h += kInRegisters;
      Float4 four[4];
      for (std::uint32_t j = 0; j < args_.places.in_shared; j += 4, h += 4) {
        SKOL_UNROLL
        for (std::uint32_t i = 0; i < 4; ++i) four[i] = *shared_weight(rank, thread, j + i);
        add_products(h, four, sums);
      }
      const std::uint32_t on_chip = kInRegisters + args_.places.in_shared;
      for (std::uint32_t j = 0; j < args_.places.in_global; j += 4, h += 4) {
        SKOL_UNROLL
        for (std::uint32_t i = 0; i < 4; ++i) four[i] = *weight_of(rank, thread, on_chip + j + i);
        add_products(h, four, sums);
      }
    }

    // Four k of all windows of the tile.
    SKOL_DEVICE void add_products(const float* h, const Float4* w, Sums& sums) const {
      SKOL_UNROLL
      for (int window = 0; window < kTile; ++window) {
        const Float4 v =
            *reinterpret_cast<const Float4*>(h + static_cast<std::uint32_t>(window) * 4 * stride_);
        float* const s = &sums.value[4 * window];
        add_product(v.x, w[0], s);
        add_product(v.y, w[1], s);
        add_product(v.z, w[2], s);
        add_product(v.w, w[3], s);
      }
    }
    SKOL_DEVICE static void add_product(float h, const Float4& w, float* s) {
      s[0] = fmaf(h, w.x, s[0]);
      s[1] = fmaf(h, w.y, s[1]);
      s[2] = fmaf(h, w.z, s[2]);
      s[3] = fmaf(h, w.w, s[3]);
    }

    SKOL_DEVICE void update(int rank, int thread, std::uint32_t tile, std::uint32_t active,
                            std::uint32_t step, const Gates& gates, const Sums& sums) {
      const std::uint32_t unit = unit_of(rank, thread);
      // Where h of this unit stands among the quarters.
      const std::uint32_t quarter = units_ / 4, at = unit / quarter * stride_ + unit % quarter;
      SKOL_UNROLL
      for (int i = 0; i < kEach; ++i) {
        const std::uint32_t w = window_of(thread, tile, i);
        if (w >= active) continue;
        const float* const s = &sums.value[4 * i];
        const Float4& x = gates.value[i];
        const Float4 z = {x.x + s[0], x.y + s[1], x.z + s[2], x.w + s[3]};
        const float h = lstm_cell(z, cell_of(rank, w, static_cast<std::uint32_t>(thread) / 4));
        for (std::uint32_t other = 0; other < args_.cluster; ++other) {
          h_of(static_cast<int>(other), step + 1, w)[at] = h;
        }
        const DeviceWindow& window = data_.windows[first_ + w];
        output_of(data_, direction_, window, place_of(window, direction_, step), unit) = h;
      }
    }

    Group& group_;
    const Args& args_;
    const RecurrenceData& data_;
    const std::uint32_t direction_, units_, own_units_, stride_, first_, count_;
  };
};

}  // namespace skol::cuda
