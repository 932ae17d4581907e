// SPDX-License-Identifier: Apache-2.0
// Counted memory: what networks and workspaces say they need is what they take.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "network/network.h"
#include "network/network_testing.h"

// Every large buffer is an AlignedVector, whose memory comes from these. Counted for the thread.
namespace {
thread_local std::size_t aligned_bytes = 0;
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  aligned_bytes += size;
  const auto align = static_cast<std::size_t>(alignment);
  if (void* p = std::aligned_alloc(align, (size + align - 1) / align * align)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p, std::align_val_t) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}

namespace skol {
namespace {

NetworkShape shape_of(std::size_t hidden_size, std::size_t num_layers,
                      std::size_t embedding_size = 0) {
  return {.input_size = 50,
          .hidden_size = hidden_size,
          .num_layers = num_layers,
          .num_classes = 13,
          .embedding_size = embedding_size};
}

TEST(Workspace, AllocatesTheBytesItCounts) {
  for (std::size_t layers : {0, 1, 2, 3}) {
    for (std::size_t hidden : {1, 17, 128}) {
      for (std::size_t windows : {1, 5, 12}) {
        for (std::size_t embedding : {0, 150}) {
          const NetworkShape shape = shape_of(hidden, layers, embedding);
          const std::size_t before = aligned_bytes;
          const std::size_t counted = Workspace::bytes(shape, windows, 50);
          EXPECT_EQ(aligned_bytes, before) << "counting allocates";
          const Workspace workspace(shape, windows, 50);
          EXPECT_EQ(aligned_bytes - before, counted) << layers << " layers of " << hidden;
        }
      }
    }
  }
}

TEST(Workspace, GrowsWithEachOfItsDimensions) {
  const std::size_t bytes = Workspace::bytes(shape_of(17, 2), 5, 50);
  EXPECT_GT(Workspace::bytes(shape_of(17, 2), 6, 50), bytes);
  EXPECT_GT(Workspace::bytes(shape_of(17, 2), 5, 51), bytes);
  EXPECT_GT(Workspace::bytes(shape_of(33, 2), 5, 50), bytes);
  EXPECT_LT(Workspace::bytes(shape_of(17, 1), 5, 50), bytes);
  EXPECT_LT(Workspace::bytes(shape_of(17, 0), 5, 50), bytes);
  EXPECT_GT(Workspace::bytes(shape_of(17, 2, 21), 5, 50), bytes);
  EXPECT_EQ(Workspace::bytes(shape_of(17, 3), 5, 50), bytes) << "layers take turns in two buffers";
}

TEST(Workspace, IsAllThatPredictionTakes) {
  for (std::size_t layers : {0, 1, 3}) {
    const NetworkShape shape = shape_of(17, layers, 21);
    const auto batch = testing::random_batch(shape, std::vector<std::size_t>{50, 50, 1}, 1);
    const Parameters parameters = testing::random_parameters(shape, 1);
    const Network network(parameters, *available_kernels().front());
    Workspace workspace(shape, 3, 50);
    std::vector<float> probabilities(101 * shape.num_classes);
    std::vector<WindowTask> tasks;
    for (const WindowRows& window : batch.windows) {
      tasks.push_back({window, &probabilities[window.first_row * shape.num_classes]});
    }
    const std::size_t before = aligned_bytes;
    predict_windows(network, batch.lines, tasks, workspace);
    EXPECT_EQ(aligned_bytes, before);
  }
}

TEST(Network, AllocatesTheBytesItCounts) {
  for (std::size_t layers : {0, 1, 2, 3}) {
    for (std::size_t embedding : {0, 21}) {
      const Parameters parameters(shape_of(17, layers, embedding));
      const std::size_t before = aligned_bytes;
      const Network network(parameters, *available_kernels().front());
      EXPECT_EQ(aligned_bytes - before, network.bytes()) << layers << " layers";
      EXPECT_EQ(Network::bytes(network.shape()), network.bytes()) << layers << " layers";
    }
  }
}

}  // namespace
}  // namespace skol
