// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/portable.h"

namespace skol::cuda {

// out[r] = start + sum over the entries of row r of value * weights[column], once for each line:
// the share of the first layer's gates that all windows over the line have in common. A group a
// row, each thread four neighbouring columns; a row of weights is read by neighbouring threads, and
// all weights of the usual model (4 MB) stay in the second-level cache.
struct SparseProjection {
  static constexpr int kThreads = 256;
  // Entries of a row that are fetched into shared memory at a time.
  static constexpr int kEntries = 64;
  static constexpr std::size_t kSharedBytes = kEntries * (sizeof(float) + sizeof(std::uint32_t));

  struct Args {
    const std::uint32_t* offsets;  // [rows + 1]
    const std::uint32_t* columns;
    const float* values;
    const float* weights;  // [input_size][width]
    const float* start;    // [width]; null: 0
    float* out;            // [rows][width]
    std::uint32_t width;   // a multiple of 4
    std::uint32_t add;     // 1: to what is in out, instead of to start
  };

  template <class Group>
  SKOL_DEVICE static void run(Group& group, const Args& args) {
    const std::uint32_t row = group.x();
    const std::uint32_t begin = args.offsets[row], end = args.offsets[row + 1];
    float* const out = args.out + static_cast<std::size_t>(row) * args.width;
    float* const values = group.shared(0);
    std::uint32_t* const columns = reinterpret_cast<std::uint32_t*>(values + kEntries);
    for (std::uint32_t first = 0; first < args.width; first += 4 * kThreads) {
      auto sum = group.template per_thread<Float4>();
      const auto column = [&](int thread) {
        return first + 4 * static_cast<std::uint32_t>(thread);
      };
      group.each_thread([&](int rank, int thread) {
        const std::uint32_t n = column(thread);
        if (n >= args.width) return;
        const float* const from = args.add ? out : args.start;
        sum(rank, thread) = from == nullptr ? Float4{0, 0, 0, 0} : load(from + n);
      });
      for (std::uint32_t at = begin; at < end; at += kEntries) {
        const std::uint32_t count = smaller<std::uint32_t>(kEntries, end - at);
        group.barrier();
        group.each_thread([&](int, int thread) {
          if (static_cast<std::uint32_t>(thread) >= count) return;
          values[thread] = args.values[at + static_cast<std::uint32_t>(thread)];
          columns[thread] = args.columns[at + static_cast<std::uint32_t>(thread)];
        });
        group.barrier();
        group.each_thread([&](int rank, int thread) {
          const std::uint32_t n = column(thread);
          if (n >= args.width) return;
          Float4 s = sum(rank, thread);
          for (std::uint32_t j = 0; j < count; ++j) {
            const Float4 w =
                load(args.weights + static_cast<std::size_t>(columns[j]) * args.width + n);
            s = {fmaf(values[j], w.x, s.x), fmaf(values[j], w.y, s.y), fmaf(values[j], w.z, s.z),
                 fmaf(values[j], w.w, s.w)};
          }
          sum(rank, thread) = s;
        });
      }
      group.each_thread([&](int rank, int thread) {
        const std::uint32_t n = column(thread);
        if (n < args.width) *reinterpret_cast<Float4*>(out + n) = sum(rank, thread);
      });
    }
  }

 private:
  SKOL_DEVICE static Float4 load(const float* from) {
    return *reinterpret_cast<const Float4*>(from);
  }
};

// The first `values` of each row, less their mean and divided by sqrt(variance + epsilon): layer
// normalization (Ba et al. 2016). A group a row; sixteen partial sums, added as
// network/layer_norm.h adds them.
struct LayerNorm {
  static constexpr int kThreads = 128;
  static constexpr int kSums = 16;
  static constexpr std::size_t kSharedBytes = (kSums + 2) * sizeof(float);

  struct Args {
    float* rows;  // `stride` apart
    std::uint32_t values, stride;
    float epsilon;
  };

  template <class Group>
  SKOL_DEVICE static void run(Group& group, const Args& args) {
    float* const row = args.rows + static_cast<std::size_t>(group.x()) * args.stride;
    float* const sums = group.shared(0);
    float* const moments = sums + kSums;  // mean, 1 / deviation
    const auto add = [&](auto&& value) {
      group.each_thread([&](int, int thread) {
        if (thread >= kSums) return;
        float sum = 0;
        for (auto n = static_cast<std::uint32_t>(thread); n < args.values; n += kSums) {
          sum += value(row[n]);
        }
        sums[thread] = sum;
      });
      group.barrier();
    };
    const auto total = [&] {
      for (int half = kSums / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; ++i) sums[i] += sums[i + half];
      }
      return sums[0] / static_cast<float>(args.values);
    };
    const auto first_thread = [&](auto&& work) {
      group.each_thread([&](int, int thread) {
        if (thread == 0) work();
      });
      group.barrier();
    };
    add([](float x) { return x; });
    first_thread([&] { moments[0] = total(); });
    add([&](float x) { return (x - moments[0]) * (x - moments[0]); });
    first_thread([&] { moments[1] = 1.0f / sqrtf(total() + args.epsilon); });
    group.each_thread([&](int, int thread) {
      for (auto n = static_cast<std::uint32_t>(thread); n < args.values; n += kThreads) {
        row[n] = (row[n] - moments[0]) * moments[1];
      }
    });
  }
};

}  // namespace skol::cuda
