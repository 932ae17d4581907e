// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "cuda/fragments.h"
#include "cuda/portable.h"

namespace skol::cuda {

// How a kernel is launched.
struct Launch {
  std::uint32_t groups_x = 1, groups_y = 1;  // clusters of blocks
  std::uint32_t cluster = 1;                 // blocks of each
  std::uint32_t threads = 1;                 // of each block, a multiple of 32 on a GPU
  std::size_t shared_bytes = 0;              // of each block
};

// One group of blocks as loops (portable.h). Threads of a phase run in ascending order, or, so that
// tests see what depends on it, in descending.
class HostGroup {
 public:
  HostGroup(const Launch& launch, std::uint32_t x, std::uint32_t y, bool descending = false)
      : x_(x),
        y_(y),
        cluster_(static_cast<int>(launch.cluster)),
        threads_(static_cast<int>(launch.threads)),
        descending_(descending) {
    // A vector each, so that AddressSanitizer sees the end of a block's shared memory.
    for (int rank = 0; rank < cluster_; ++rank) {
      shared_.emplace_back((launch.shared_bytes + sizeof(Float4) - 1) / sizeof(Float4));
    }
  }

  std::uint32_t x() const { return x_; }
  std::uint32_t y() const { return y_; }
  int cluster() const { return cluster_; }
  int threads() const { return threads_; }
  float* shared(int rank) {
    return reinterpret_cast<float*>(shared_[static_cast<std::size_t>(rank)].data());
  }

  template <class Work>
  void each_thread(const Work& work) {
    const int all = cluster_ * threads_;
    for (int i = 0; i < all; ++i) {
      const int at = descending_ ? all - 1 - i : i;
      work(at / threads_, at % threads_);
    }
  }
  void barrier() {}

  template <class T>
  class PerThread {
   public:
    PerThread(int threads, int cluster)
        : threads_(threads), values_(static_cast<std::size_t>(threads * cluster)) {}
    T& operator()(int rank, int thread) {
      return values_[static_cast<std::size_t>(rank * threads_ + thread)];
    }

   private:
    int threads_;
    std::vector<T> values_;
  };
  template <class T>
  PerThread<T> per_thread() const {
    return PerThread<T>(threads_, cluster_);
  }

  // Among each four neighbouring threads: of the 4 * Count values that each has, thread s of the
  // four is left with the sums of those from s * Count on, in the order (0 + 2) + (1 + 3).
  template <int Count, class Values>
  void sum_of_four(PerThread<Values>& all) {
    each_quad([&](int rank, int first) {
      Values sums[4];
      for (int s = 0; s < 4; ++s) {
        for (int i = 0; i < Count; ++i) {
          const auto part = [&](int t) { return all(rank, first + t).value[s * Count + i]; };
          sums[s].value[i] = (part(0) + part(2)) + (part(1) + part(3));
        }
      }
      for (int s = 0; s < 4; ++s) all(rank, first + s) = sums[s];
    });
  }

  // fragments.h, for every warp.
  template <class A, class B, class C>
  void multiply_add(const A& a, const B& b, const C& c) {
    each_thread([&](int rank, int thread) {
      const int lane = thread % kWarp, first = thread - lane;
      add_fragment_product(
          lane, [&](int l) -> const RowFragment& { return a(rank, first + l); },
          [&](int l) -> const ColumnFragment& { return b(rank, first + l); }, c(rank, thread));
    });
  }

 private:
  template <class Work>
  void each_quad(const Work& work) {
    for (int rank = 0; rank < cluster_; ++rank) {
      for (int first = 0; first < threads_; first += 4) work(rank, first);
    }
  }

  std::uint32_t x_, y_;
  int cluster_, threads_;
  bool descending_;
  std::vector<std::vector<Float4>> shared_;
};

// Runs Kernel::run(group, args) for every group of the launch.
template <class Kernel>
void run_on_host(const Launch& launch, const typename Kernel::Args& args, bool descending = false) {
  for (std::uint32_t y = 0; y < launch.groups_y; ++y) {
    for (std::uint32_t x = 0; x < launch.groups_x; ++x) {
      HostGroup group(launch, x, y, descending);
      Kernel::run(group, args);
    }
  }
}

}  // namespace skol::cuda
