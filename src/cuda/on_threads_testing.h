// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <barrier>
#include <thread>
#include <vector>

#include "cuda/on_host.h"

namespace skol::cuda {

// Kernels with a thread of the host for each thread of the device, and real barriers: a barrier
// that a kernel lacks is a data race that ThreadSanitizer sees. Only for small launches.
class ThreadedGroup {
 public:
  // What the threads of a group share.
  struct Common {
    explicit Common(const Launch& launch)
        : threads(static_cast<int>(launch.threads)),
          all(static_cast<int>(launch.threads * launch.cluster)),
          values(static_cast<std::size_t>(all)),
          left(values.size()),
          right(values.size()),
          barrier(all) {
      for (std::uint32_t rank = 0; rank < launch.cluster; ++rank) {
        shared.emplace_back((launch.shared_bytes + sizeof(Float4) - 1) / sizeof(Float4));
      }
    }
    int threads, all;
    std::vector<std::vector<Float4>> shared;
    std::vector<float*> values;
    std::vector<const RowFragment*> left;
    std::vector<const ColumnFragment*> right;
    std::barrier<> barrier;
  };

  ThreadedGroup(Common& common, std::uint32_t x, std::uint32_t y, int index)
      : common_(common), x_(x), y_(y), index_(index) {}

  std::uint32_t x() const { return x_; }
  std::uint32_t y() const { return y_; }
  float* shared(int rank) {
    return reinterpret_cast<float*>(common_.shared[static_cast<std::size_t>(rank)].data());
  }
  template <class Work>
  void each_thread(const Work& work) {
    work(index_ / common_.threads, index_ % common_.threads);
  }
  void barrier() { common_.barrier.arrive_and_wait(); }

  template <class T>
  struct PerThread {
    T& operator()(int, int) { return value; }
    T value;
  };
  template <class T>
  PerThread<T> per_thread() const {
    return {};
  }

  template <int Count, class Values>
  void sum_of_four(PerThread<Values>& all) {
    common_.values[static_cast<std::size_t>(index_)] = all.value.value;
    barrier();
    Values sums;
    const int own = index_ % 4;
    for (int i = 0; i < Count; ++i) {
      const auto part = [&](int t) {
        return common_.values[static_cast<std::size_t>(index_ - own + t)][own * Count + i];
      };
      sums.value[i] = (part(0) + part(2)) + (part(1) + part(3));
    }
    barrier();
    all.value = sums;
  }

  template <class A, class B, class C>
  void multiply_add(const A& a, const B& b, const C& c) {
    const int rank = index_ / common_.threads, thread = index_ % common_.threads;
    const auto own = static_cast<std::size_t>(index_);
    common_.left[own] = &a(rank, thread);
    common_.right[own] = &b(rank, thread);
    barrier();
    const int lane = thread % kWarp;
    const auto of_lane = [&](const auto& all, int l) -> const auto& {
      return *all[static_cast<std::size_t>(index_ - lane + l)];
    };
    add_fragment_product(
        lane, [&](int l) -> const RowFragment& { return of_lane(common_.left, l); },
        [&](int l) -> const ColumnFragment& { return of_lane(common_.right, l); }, c(rank, thread));
    barrier();
  }

 private:
  Common& common_;
  std::uint32_t x_, y_;
  int index_;
};

template <class Kernel>
void run_on_threads(const Launch& launch, const typename Kernel::Args& args) {
  for (std::uint32_t y = 0; y < launch.groups_y; ++y) {
    for (std::uint32_t x = 0; x < launch.groups_x; ++x) {
      ThreadedGroup::Common common(launch);
      std::vector<std::thread> threads;
      for (int i = 0; i < common.all; ++i) {
        threads.emplace_back([&, i] {
          ThreadedGroup group(common, x, y, i);
          Kernel::run(group, args);
        });
      }
      for (std::thread& thread : threads) thread.join();
    }
  }
}

}  // namespace skol::cuda
