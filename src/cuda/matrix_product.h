// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/portable.h"

namespace skol::cuda {

// c[m][n] = start[n] + sum over k of a[m][k] * b[k][n]: the gates of an upper layer from the
// outputs of the one below. A tile of 128 rows x 128 columns a group; each thread 8 x 8 of it in
// registers, so that 16 values read from shared memory serve 64 multiply-adds. Each output is one
// chain in ascending k, whatever rows stand beside it.
struct MatrixProduct {
  static constexpr int kThreads = 256;
  static constexpr std::uint32_t kTile = 128, kDepth = 8, kEach = 8;
  // a is kept transposed, its rows set off by 4 so that the threads that store them meet each bank
  // at most twice.
  static constexpr std::uint32_t kStride = kTile + 4;
  static constexpr std::size_t kSharedBytes = kDepth * (kStride + kTile) * sizeof(float);

  struct Args {
    const float* a;                      // rows a_stride apart
    const float* b;                      // [depth][columns]
    const float* start;                  // [columns]; null: 0
    float* c;                            // [rows][columns]
    std::uint32_t rows, columns, depth;  // columns a multiple of 4, depth of 8
    std::uint32_t a_stride;              // a multiple of 4
  };
  struct Sums {
    float value[kEach][kEach];
  };

  static constexpr std::uint32_t tiles(std::uint32_t n) { return (n + kTile - 1) / kTile; }
  static constexpr std::uint32_t groups(std::uint32_t rows, std::uint32_t columns) {
    return tiles(rows) * tiles(columns);
  }

  template <class Group>
  SKOL_DEVICE static void run(Group& group, const Args& args) {
    // Neighbouring groups read the same rows of a, which are many more than those of b.
    const std::uint32_t across = (args.columns + kTile - 1) / kTile;
    const std::uint32_t first_row = group.x() / across * kTile;
    const std::uint32_t first_column = group.x() % across * kTile;
    float* const a_tile = group.shared(0);            // [kDepth][kStride]
    float* const b_tile = a_tile + kDepth * kStride;  // [kDepth][kTile]
    auto sums = group.template per_thread<Sums>();
    group.each_thread([&](int rank, int thread) {
      SKOL_UNROLL
      for (std::uint32_t j = 0; j < kEach; ++j) {
        const std::uint32_t n = first_column + place(thread % 16, j);
        const float s = args.start != nullptr && n < args.columns ? args.start[n] : 0.0f;
        SKOL_UNROLL
        for (std::uint32_t i = 0; i < kEach; ++i) sums(rank, thread).value[i][j] = s;
      }
    });
    for (std::uint32_t k = 0; k < args.depth; k += kDepth) {
      group.each_thread([&](int, int thread) {
        fetch_a(args, first_row, k, static_cast<std::uint32_t>(thread), a_tile);
        fetch_b(args, first_column, k, static_cast<std::uint32_t>(thread), b_tile);
      });
      group.barrier();
      group.each_thread([&](int rank, int thread) {
        multiply(a_tile + 4 * (thread / 16), b_tile + 4 * (thread % 16), sums(rank, thread));
      });
      group.barrier();
    }
    group.each_thread([&](int rank, int thread) {
      SKOL_UNROLL
      for (std::uint32_t i = 0; i < kEach; ++i) {
        const std::uint32_t m = first_row + place(thread / 16, i);
        if (m >= args.rows) continue;
        float* const row = args.c + static_cast<std::size_t>(m) * args.columns;
        const float* const s = sums(rank, thread).value[i];
        SKOL_UNROLL
        for (std::uint32_t j = 0; j < kEach; j += 4) {
          const std::uint32_t n = first_column + place(thread % 16, j);
          if (n < args.columns) {
            *reinterpret_cast<Float4*>(row + n) = {s[j], s[j + 1], s[j + 2], s[j + 3]};
          }
        }
      }
    });
  }

 private:
  // Where in the tile the i-th of a thread's eight rows or columns lies: two runs of four, so that
  // neighbouring threads read neighbouring banks.
  SKOL_DEVICE static std::uint32_t place(int sixteenth, std::uint32_t i) {
    return i / 4 * (kTile / 2) + 4 * static_cast<std::uint32_t>(sixteenth) + i % 4;
  }
  // Each thread four neighbouring values: of a, those of one row; of b, those of one k.
  SKOL_DEVICE static void fetch_a(const Args& args, std::uint32_t first_row, std::uint32_t k,
                                  std::uint32_t thread, float* tile) {
    const std::uint32_t m = thread / 2, part = 4 * (thread % 2);
    Float4 v = {0, 0, 0, 0};
    if (first_row + m < args.rows) {
      v = *reinterpret_cast<const Float4*>(
          args.a + static_cast<std::size_t>(first_row + m) * args.a_stride + k + part);
    }
    tile[(part + 0) * kStride + m] = v.x;
    tile[(part + 1) * kStride + m] = v.y;
    tile[(part + 2) * kStride + m] = v.z;
    tile[(part + 3) * kStride + m] = v.w;
  }
  SKOL_DEVICE static void fetch_b(const Args& args, std::uint32_t first_column, std::uint32_t k,
                                  std::uint32_t thread, float* tile) {
    const std::uint32_t row = thread / 32, n = 4 * (thread % 32);
    Float4 v = {0, 0, 0, 0};
    if (first_column + n < args.columns) {
      v = *reinterpret_cast<const Float4*>(
          args.b + static_cast<std::size_t>(k + row) * args.columns + first_column + n);
    }
    *reinterpret_cast<Float4*>(tile + row * kTile + n) = v;
  }
  SKOL_DEVICE static void multiply(const float* a_tile, const float* b_tile, Sums& sums) {
    SKOL_UNROLL
    for (std::uint32_t k = 0; k < kDepth; ++k) {
      const float* const a = a_tile + k * kStride;
      const float* const b = b_tile + k * kTile;
      const Float4 a0 = *reinterpret_cast<const Float4*>(a);
      const Float4 a1 = *reinterpret_cast<const Float4*>(a + kTile / 2);
      const Float4 b0 = *reinterpret_cast<const Float4*>(b);
      const Float4 b1 = *reinterpret_cast<const Float4*>(b + kTile / 2);
      const float left[kEach] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
      const float right[kEach] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
      SKOL_UNROLL
      for (std::uint32_t i = 0; i < kEach; ++i) {
        SKOL_UNROLL
        for (std::uint32_t j = 0; j < kEach; ++j) {
          sums.value[i][j] = fmaf(left[i], right[j], sums.value[i][j]);
        }
      }
    }
  }
};

}  // namespace skol::cuda
