// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kernels of this room are compiled twice from one source: by nvcc for a GPU, and as ordinary
// C++ for the tests, in which blocks and threads are loops. So a kernel is written in phases. A
// phase is `group.each_thread([&](int rank, int thread) {...})`: on a GPU each thread runs it once,
// on a CPU a loop runs it for all threads of all blocks of the group. What one thread writes and
// another reads, in shared or global memory, needs a `group.barrier()` between the phases. What a
// thread keeps from one phase to the next stands in a `group.per_thread<T>()`.
//
// A group is a cluster of 1 to 8 blocks (NVIDIA, CUDA Programming Guide, "Thread Block Clusters"),
// whose blocks see each other's shared memory: `group.shared(rank)`.

#if defined(__CUDACC__)
#define SKOL_DEVICE __device__ __forceinline__
#define SKOL_UNROLL _Pragma("unroll")
#else
#define SKOL_DEVICE inline
#define SKOL_UNROLL
#endif

#include <cmath>
#include <cstdint>

namespace skol::cuda {

// Loaded and stored in one instruction.
struct alignas(16) Float4 {
  float x, y, z, w;
};

template <class T>
SKOL_DEVICE T smaller(T a, T b) {
  return a < b ? a : b;
}

}  // namespace skol::cuda
