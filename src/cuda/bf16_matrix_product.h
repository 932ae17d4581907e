// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/fragments.h"

namespace skol::cuda {

// As MatrixProduct, with a, which is rounded on the way, and b in bf16, by tensor cores. A tile of
// 128 rows x 128 columns a group, of which each of 8 warps has 64 x 32.
struct Bf16MatrixProduct {
  static constexpr int kThreads = 256;
  static constexpr std::uint32_t kTile = 128, kDepth = kFragmentDepth;
  static constexpr int kDown = 4, kAcross = 4;  // fragments of a warp
  // Pairs between two rows of a tile: 8, set off by 4 so that the 32 threads that read a fragment
  // meet 32 banks.
  static constexpr std::uint32_t kStride = kDepth / 2 + 4;
  static constexpr std::size_t kSharedBytes = 2 * kTile * kStride * sizeof(std::uint32_t);

  struct Args {
    const float* a;                      // rows a_stride apart
    const PairInMemory* b;               // [columns][depth / 2] pairs
    const float* start;                  // [columns]; null: 0
    float* c;                            // [rows][columns]
    std::uint32_t rows, columns, depth;  // columns a multiple of 8, depth of 16
    std::uint32_t a_stride;              // a multiple of 4
  };
  struct Sums {
    SumFragment value[kDown][kAcross];
  };
  struct Operands {
    RowFragment a[kDown];
    ColumnFragment b[kAcross];
  };

  static constexpr std::uint32_t groups(std::uint32_t rows, std::uint32_t columns) {
    return ((rows + kTile - 1) / kTile) * ((columns + kTile - 1) / kTile);
  }

  template <class Group>
  SKOL_DEVICE static void run(Group& group, const Args& args) {
    const std::uint32_t across = (args.columns + kTile - 1) / kTile;
    const std::uint32_t first_row = group.x() / across * kTile;
    const std::uint32_t first_column = group.x() % across * kTile;
    PairInMemory* const a_tile = reinterpret_cast<PairInMemory*>(group.shared(0));
    PairInMemory* const b_tile = a_tile + kTile * kStride;
    auto sums = group.template per_thread<Sums>();
    auto operands = group.template per_thread<Operands>();
    group.each_thread([&](int rank, int thread) {
      each_sum(thread, sums(rank, thread), [&](std::uint32_t, std::uint32_t column, float& sum) {
        const std::uint32_t n = first_column + column;
        sum = args.start != nullptr && n < args.columns ? args.start[n] : 0.0f;
      });
    });
    for (std::uint32_t k = 0; k < args.depth; k += kDepth) {
      group.each_thread([&](int, int thread) {
        const auto at = static_cast<std::uint32_t>(thread);
        fetch_a(args, first_row + at / 2, k + 8 * (at % 2), a_tile + place(at));
        fetch_b(args, first_column + at / 2, k / 2 + 4 * (at % 2), b_tile + place(at));
      });
      group.barrier();
      group.each_thread(
          [&](int rank, int thread) { read(thread, a_tile, b_tile, operands(rank, thread)); });
      SKOL_UNROLL
      for (int m = 0; m < kDown; ++m) {
        SKOL_UNROLL
        for (int n = 0; n < kAcross; ++n) {
          group.multiply_add(
              [&](int r, int t) -> const RowFragment& { return operands(r, t).a[m]; },
              [&](int r, int t) -> const ColumnFragment& { return operands(r, t).b[n]; },
              [&](int r, int t) -> SumFragment& { return sums(r, t).value[m][n]; });
        }
      }
      group.barrier();
    }
    group.each_thread([&](int rank, int thread) {
      each_sum(thread, sums(rank, thread), [&](std::uint32_t row, std::uint32_t column, float& s) {
        const std::uint32_t m = first_row + row, n = first_column + column;
        if (m < args.rows && n < args.columns) {
          args.c[static_cast<std::size_t>(m) * args.columns + n] = s;
        }
      });
    });
  }

 private:
  // Where of a tile a thread puts its four pairs: two threads a row.
  SKOL_DEVICE static std::uint32_t place(std::uint32_t thread) {
    return thread / 2 * kStride + 4 * (thread % 2);
  }
  SKOL_DEVICE static std::uint32_t row_of_warp(int thread) {
    return static_cast<std::uint32_t>(thread / kWarp / 4 * 16 * kDown);
  }
  SKOL_DEVICE static std::uint32_t column_of_warp(int thread) {
    return static_cast<std::uint32_t>(thread / kWarp % 4 * 8 * kAcross);
  }
  SKOL_DEVICE static void fetch_a(const Args& args, std::uint32_t row, std::uint32_t k,
                                  PairInMemory* to) {
    Float4 v[2] = {};
    if (row < args.rows) {
      const auto* const from = reinterpret_cast<const Float4*>(
          args.a + static_cast<std::size_t>(row) * args.a_stride + k);
      v[0] = from[0];
      v[1] = from[1];
    }
    SKOL_UNROLL
    for (int i = 0; i < 2; ++i) {
      to[2 * i] = bf16_pair(v[i].x, v[i].y);
      to[2 * i + 1] = bf16_pair(v[i].z, v[i].w);
    }
  }
  SKOL_DEVICE static void fetch_b(const Args& args, std::uint32_t column, std::uint32_t pair,
                                  PairInMemory* to) {
    RowFragment v = {};
    if (column < args.columns) {
      v = *reinterpret_cast<const RowFragment*>(
          args.b + static_cast<std::size_t>(column) * (args.depth / 2) + pair);
    }
    SKOL_UNROLL
    for (int i = 0; i < 4; ++i) to[i] = v.value[i];
  }
  SKOL_DEVICE static void read(int thread, const PairInMemory* a_tile, const PairInMemory* b_tile,
                               Operands& operands) {
    const auto lane = static_cast<std::uint32_t>(thread % kWarp);
    const PairInMemory* const a = a_tile + (row_of_warp(thread) + lane / 4) * kStride + lane % 4;
    const PairInMemory* const b = b_tile + (column_of_warp(thread) + lane / 4) * kStride + lane % 4;
    SKOL_UNROLL
    for (std::uint32_t m = 0; m < kDown; ++m) {
      SKOL_UNROLL
      for (std::uint32_t i = 0; i < 4; ++i) {
        operands.a[m].value[i] = a[(16 * m + i % 2 * 8) * kStride + i / 2 * 4];
      }
    }
    SKOL_UNROLL
    for (std::uint32_t n = 0; n < kAcross; ++n) {
      operands.b[n].value[0] = b[8 * n * kStride];
      operands.b[n].value[1] = b[8 * n * kStride + 4];
    }
  }
  // Calls visit(row, column, sum) for each that the thread has of the tile.
  template <class Visitor>
  SKOL_DEVICE static void each_sum(int thread, Sums& sums, const Visitor& visit) {
    const auto lane = static_cast<std::uint32_t>(thread % kWarp);
    SKOL_UNROLL
    for (std::uint32_t m = 0; m < kDown; ++m) {
      SKOL_UNROLL
      for (std::uint32_t n = 0; n < kAcross; ++n) {
        SKOL_UNROLL
        for (std::uint32_t i = 0; i < 4; ++i) {
          visit(row_of_warp(thread) + 16 * m + lane / 4 + i / 2 * 8,
                column_of_warp(thread) + 8 * n + 2 * (lane % 4) + i % 2, sums.value[m][n].value[i]);
        }
      }
    }
  }
};

}  // namespace skol::cuda
