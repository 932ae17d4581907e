// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/fragments.h"
#include "cuda/recurrence.h"

namespace skol::cuda {

// As Recurrence, with weights and outputs in bf16, by tensor cores; gates, sums and cells stay
// float32. A warp has eight units: their four gates are the 32 rows of two fragments of weights,
// those of i and f, then of g and o, so that a thread is left with all gates of a unit for two of
// the eight windows of a tile. Weights of the first 128 outputs before stay in registers (64 of the
// 128 that a thread may have), of the others in shared memory: 128 units fit on one multiprocessor
// with no weight outside of registers, 256 on a cluster of two.
struct Bf16Recurrence {
  static constexpr std::uint32_t kInRegisters = 8;  // fragments of depth
  static constexpr int kThreads = 512;
  static constexpr std::uint32_t kTile = 8;  // windows

  struct Args {
    RecurrenceData data;  // recurrent: see pack_fragments
    std::uint32_t slice;  // windows of a group, a multiple of kTile
    std::uint32_t cluster;
    std::uint32_t in_shared;  // fragments of depth
  };
  struct Weights {
    RowFragment value[kInRegisters][2];
  };
  struct Operands {
    RowFragment weights[2];
    ColumnFragment h;
  };
  struct Sums {
    SumFragment value[2];
  };
  struct Gates {
    Float4 value[2];
  };

  // Pairs between the outputs of two windows, set off so that the 32 threads that read a fragment
  // meet 32 banks.
  static constexpr std::size_t stride(std::uint32_t units) { return units / 2 + 4; }
  // Weights, outputs of two steps, cells.
  static constexpr std::size_t shared_bytes(std::uint32_t units, std::uint32_t cluster,
                                            std::uint32_t slice, std::uint32_t in_shared) {
    const std::size_t own_units = units / cluster;
    return in_shared * 8 * own_units * sizeof(RowFragment) +
           sizeof(float) * (2 * slice * stride(units) + slice * own_units);
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
          stride_(args.data.units / 2 + 4),
          depth_(args.data.units / kFragmentDepth),
          first_(group.x() * args.slice),
          count_(smaller(args.slice, args.data.num_windows - group.x() * args.slice)) {}

    SKOL_DEVICE void run() {
      auto weights = group_.template per_thread<Weights>();
      auto operands = group_.template per_thread<Operands>();
      auto sums = group_.template per_thread<Sums>();
      auto gates = group_.template per_thread<Gates>();
      group_.each_thread([&](int rank, int thread) { load(rank, thread, weights(rank, thread)); });
      group_.barrier();
      const std::uint32_t steps = data_.windows[first_].length,
                          registers = depth_ - args_.in_shared;
      std::uint32_t active = count_;
      for (std::uint32_t step = 0; step < steps; ++step) {
        while (data_.windows[first_ + active - 1].length <= step) --active;
        for (std::uint32_t tile = 0; tile < active; tile += kTile) {
          group_.each_thread([&](int rank, int thread) {
            sums(rank, thread) = {};
            read_gates(rank, thread, tile, active, step, gates(rank, thread));
          });
          SKOL_UNROLL
          for (std::uint32_t j = 0; j < kInRegisters; ++j) {
            if (j >= registers) continue;
            group_.each_thread([&](int rank, int thread) {
              operands(rank, thread).h = h_fragment(rank, thread, step, tile, j);
            });
            multiply(operands, sums, [&](int r, int t, int half) -> const RowFragment& {
              return weights(r, t).value[j][half];
            });
          }
          for (std::uint32_t j = 0; j < args_.in_shared; ++j) {
            group_.each_thread([&](int rank, int thread) {
              Operands& own = operands(rank, thread);
              own.h = h_fragment(rank, thread, step, tile, registers + j);
              own.weights[0] = *shared_weight(rank, thread, j, 0);
              own.weights[1] = *shared_weight(rank, thread, j, 1);
            });
            multiply(operands, sums, [&](int r, int t, int half) -> const RowFragment& {
              return operands(r, t).weights[half];
            });
          }
          group_.each_thread([&](int rank, int thread) {
            update(rank, thread, tile, active, step, gates(rank, thread), sums(rank, thread));
          });
        }
        group_.barrier();
      }
    }

   private:
    template <class AllOperands, class AllSums, class WeightOf>
    SKOL_DEVICE void multiply(AllOperands& operands, AllSums& sums, const WeightOf& weight_of) {
      SKOL_UNROLL
      for (int half = 0; half < 2; ++half) {
        group_.multiply_add(
            [&](int r, int t) -> const RowFragment& { return weight_of(r, t, half); },
            [&](int r, int t) -> const ColumnFragment& { return operands(r, t).h; },
            [&](int r, int t) -> SumFragment& { return sums(r, t).value[half]; });
      }
    }

    SKOL_DEVICE std::uint32_t unit_of(int rank, int thread) const {
      return static_cast<std::uint32_t>(rank) * own_units_ + static_cast<std::uint32_t>(thread) / 4;
    }
    SKOL_DEVICE static std::uint32_t window_of(int thread, std::uint32_t tile, std::uint32_t i) {
      return tile + 2 * (static_cast<std::uint32_t>(thread) % 4) + i;
    }
    // h of step % 2 of a window of the slice.
    SKOL_DEVICE PairInMemory* h_of(int rank, std::uint32_t step, std::uint32_t window) {
      const std::uint32_t weights = 8 * 4 * own_units_ * args_.in_shared;
      return reinterpret_cast<PairInMemory*>(group_.shared(rank)) + weights +
             ((step % 2) * args_.slice + window) * stride_;
    }
    SKOL_DEVICE float& cell_of(int rank, std::uint32_t window, std::uint32_t own_unit) {
      float* const cells =
          group_.shared(rank) + 8 * 4 * own_units_ * args_.in_shared + 2 * args_.slice * stride_;
      return cells[window * own_units_ + own_unit];
    }
    SKOL_DEVICE ColumnFragment h_fragment(int rank, int thread, std::uint32_t step,
                                          std::uint32_t tile, std::uint32_t j) {
      const auto lane = static_cast<std::uint32_t>(thread % kWarp);
      const PairInMemory* const h = h_of(rank, step, tile + lane / 4) + 8 * j + lane % 4;
      return {{h[0], h[4]}};
    }
    // Of the j-th 16 outputs before.
    SKOL_DEVICE const RowFragment* weight_of(int rank, int thread, std::uint32_t j,
                                             std::uint32_t half) const {
      const auto lane = static_cast<std::uint32_t>(thread % kWarp);
      const std::uint32_t eight = unit_of(rank, thread) / 8;
      return reinterpret_cast<const RowFragment*>(data_.recurrent[direction_]) +
             ((static_cast<std::size_t>(j) * (units_ / 8) + eight) * 2 + half) * kWarp + lane;
    }
    SKOL_DEVICE RowFragment* shared_weight(int rank, int thread, std::uint32_t j,
                                           std::uint32_t half) {
      return reinterpret_cast<RowFragment*>(group_.shared(rank)) + (j * 2 + half) * 4 * own_units_ +
             static_cast<std::uint32_t>(thread);
    }

    // Weights to their places; h of the first step and all cells are 0.
    SKOL_DEVICE void load(int rank, int thread, Weights& weights) {
      const std::uint32_t registers = depth_ - args_.in_shared;
      SKOL_UNROLL
      for (std::uint32_t j = 0; j < kInRegisters; ++j) {
        SKOL_UNROLL
        for (std::uint32_t half = 0; half < 2; ++half) {
          weights.value[j][half] =
              j < registers ? *weight_of(rank, thread, j, half) : RowFragment{};
        }
      }
      for (std::uint32_t j = 0; j < args_.in_shared; ++j) {
        for (std::uint32_t half = 0; half < 2; ++half) {
          *shared_weight(rank, thread, j, half) = *weight_of(rank, thread, registers + j, half);
        }
      }
      PairInMemory* const h = h_of(rank, 0, 0);
      const std::uint32_t zeros = 2 * args_.slice * stride_ + args_.slice * own_units_;
      for (auto i = static_cast<std::uint32_t>(thread); i < zeros; i += 4 * own_units_) h[i] = 0;
    }

    // Asked for before the products, needed after them.
    SKOL_DEVICE void read_gates(int rank, int thread, std::uint32_t tile, std::uint32_t active,
                                std::uint32_t step, Gates& gates) {
      SKOL_UNROLL
      for (std::uint32_t i = 0; i < 2; ++i) {
        const std::uint32_t w = window_of(thread, tile, i);
        if (w >= active) continue;
        const DeviceWindow& window = data_.windows[first_ + w];
        gates.value[i] = gates_of(data_, direction_, window, place_of(window, direction_, step),
                                  unit_of(rank, thread));
      }
    }

    SKOL_DEVICE void update(int rank, int thread, std::uint32_t tile, std::uint32_t active,
                            std::uint32_t step, const Gates& gates, const Sums& sums) {
      const std::uint32_t unit = unit_of(rank, thread);
      SKOL_UNROLL
      for (std::uint32_t i = 0; i < 2; ++i) {
        const std::uint32_t w = window_of(thread, tile, i);
        if (w >= active) continue;
        const Float4& x = gates.value[i];
        const float* const s = sums.value[0].value;
        const float* const t = sums.value[1].value;
        const Float4 z = {x.x + s[i], x.y + s[2 + i], x.z + t[i], x.w + t[2 + i]};
        const Bf16 h =
            to_bf16(lstm_cell(z, cell_of(rank, w, static_cast<std::uint32_t>(thread) / 4)));
        for (std::uint32_t other = 0; other < args_.cluster; ++other) {
          reinterpret_cast<Bf16InMemory*>(h_of(static_cast<int>(other), step + 1, w))[unit] =
              static_cast<std::uint16_t>(h);
        }
        const DeviceWindow& window = data_.windows[first_ + w];
        output_of(data_, direction_, window, place_of(window, direction_, step), unit) =
            to_float(h);
      }
    }

    Group& group_;
    const Args& args_;
    const RecurrenceData& data_;
    const std::uint32_t direction_, units_, own_units_, stride_, depth_, first_, count_;
  };
};

}  // namespace skol::cuda
