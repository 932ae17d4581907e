// SPDX-License-Identifier: Apache-2.0
#pragma once

// Kernels on a GPU: a thread runs each phase once (portable.h). For nvcc alone.

#include <cooperative_groups.h>

#include "cuda/on_host.h"
#include "cuda/portable.h"

namespace skol::cuda {

extern __shared__ Float4 shared_memory[];

// kClusters: the launch may have clusters of more than one block, which compute capability 9.0 has.
template <bool kClusters>
class DeviceGroup {
 public:
  __device__ DeviceGroup() {
    if constexpr (kClusters) {
#if __CUDA_ARCH__ >= 900
      cluster_ = static_cast<int>(cooperative_groups::this_cluster().num_blocks());
      rank_ = static_cast<int>(cooperative_groups::this_cluster().block_rank());
#endif
    }
  }

  __device__ __forceinline__ std::uint32_t x() const {
    return kClusters ? blockIdx.x / static_cast<std::uint32_t>(cluster_) : blockIdx.x;
  }
  __device__ __forceinline__ std::uint32_t y() const {
    return blockIdx.y;
  }

  __device__ __forceinline__ float* shared(int rank) const {
    float* const own = reinterpret_cast<float*>(shared_memory);
    if constexpr (kClusters) {
#if __CUDA_ARCH__ >= 900
      if (rank != rank_) {
        return cooperative_groups::this_cluster().map_shared_rank(own, static_cast<unsigned>(rank));
      }
#endif
    }
    return own;
  }

  template <class Work>
  __device__ __forceinline__ void each_thread(const Work& work) const {
    work(rank_, static_cast<int>(threadIdx.x));
  }

  __device__ __forceinline__ void barrier() const {
    if constexpr (kClusters) {
#if __CUDA_ARCH__ >= 900
      if (cluster_ > 1) {
        cooperative_groups::this_cluster().sync();
        return;
      }
#endif
    }
    __syncthreads();
  }

  template <class T>
  struct PerThread {
    __device__ __forceinline__ T& operator()(int, int) { return value; }
    T value;
  };
  template <class T>
  __device__ __forceinline__ PerThread<T> per_thread() const {
    return {};
  }

  // HostGroup::sum_of_four by shuffles: first between threads two apart, each keeping half of the
  // values, then between neighbours.
  template <int Count, class Values>
  __device__ __forceinline__ void sum_of_four(PerThread<Values>& all) const {
    constexpr unsigned kAll = 0xffffffffu;
    float* const v = all.value.value;
    const bool upper = (threadIdx.x & 2u) != 0, odd = (threadIdx.x & 1u) != 0;
    SKOL_UNROLL
    for (int i = 0; i < 2 * Count; ++i) {
      const float kept = upper ? v[2 * Count + i] : v[i];
      const float sent = upper ? v[i] : v[2 * Count + i];
      v[i] = kept + __shfl_xor_sync(kAll, sent, 2);
    }
    SKOL_UNROLL
    for (int i = 0; i < Count; ++i) {
      const float kept = odd ? v[Count + i] : v[i];
      const float sent = odd ? v[i] : v[Count + i];
      v[i] = kept + __shfl_xor_sync(kAll, sent, 1);
    }
  }

  template <class A, class B, class C>
  __device__ __forceinline__ void multiply_add(const A& a_of, const B& b_of, const C& c_of) const {
    const int thread = static_cast<int>(threadIdx.x);
    const RowFragment& a = a_of(rank_, thread);
    const ColumnFragment& b = b_of(rank_, thread);
    SumFragment& c = c_of(rank_, thread);
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c.value[0]), "+f"(c.value[1]), "+f"(c.value[2]), "+f"(c.value[3])
        : "r"(a.value[0]), "r"(a.value[1]), "r"(a.value[2]), "r"(a.value[3]), "r"(b.value[0]),
          "r"(b.value[1]));
  }

 private:
  int cluster_ = 1, rank_ = 0;
};

template <class Kernel, bool kClusters>
__global__ void __launch_bounds__(Kernel::kThreads)
    run_on_device(const __grid_constant__ typename Kernel::Args args) {
  DeviceGroup<kClusters> group;
  Kernel::run(group, args);
}

}  // namespace skol::cuda
