// SPDX-License-Identifier: Apache-2.0
#include "serving/cpu_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace skol {
namespace {

class CpuQueue final : public AcceleratorQueue {
 public:
  CpuQueue(const Network& network, ThreadPool& pool, std::size_t windows, std::size_t window_size)
      : network_(network), pool_(pool), group_(group_of(windows, pool, network.kernels())) {
    for (std::size_t t = 0; t < pool.size(); ++t) {
      workspaces_.emplace_back(network.shape(), group_, window_size);
    }
  }

  static std::size_t bytes(const Network& network, ThreadPool& pool, std::size_t windows,
                           std::size_t window_size) {
    const std::size_t group = group_of(windows, pool, network.kernels());
    return pool.size() * Workspace::bytes(network.shape(), group, window_size);
  }

  void start(std::size_t, const SparseRows& rows, std::span<const WindowTask> windows) override {
    const std::size_t groups = (windows.size() + group_ - 1) / group_;
    pool_.parallel_for(groups, [&](std::size_t i, std::size_t t) {
      const std::size_t first = i * group_;
      predict_windows(network_, rows,
                      windows.subspan(first, std::min(group_, windows.size() - first)),
                      workspaces_[t]);
    });
  }
  void finish(std::size_t) override {}

 private:
  // A share for each thread, of whole tiles.
  static std::size_t group_of(std::size_t windows, const ThreadPool& pool, const Kernels& kernels) {
    const std::size_t share = (windows + pool.size() - 1) / pool.size();
    return std::clamp<std::size_t>(round_up(share, kernels.tile_rows()), 1, kMicroBatchWindows);
  }

  const Network& network_;
  ThreadPool& pool_;
  std::size_t group_;
  std::vector<Workspace> workspaces_;
};

class CpuNetwork final : public Accelerator {
 public:
  CpuNetwork(Parameters parameters, const Kernels& kernels, const Bf16Kernels* bf16,
             ThreadPool& pool)
      : parameters_(std::move(parameters)), network_(parameters_, kernels, bf16), pool_(pool) {}
  CpuNetwork(const CpuNetwork&) = delete;
  CpuNetwork& operator=(const CpuNetwork&) = delete;

  std::string name() const override { return fmt::format("cpu {}", network_.kernels().name()); }
  std::uint64_t free_bytes() const override { return 0; }
  std::uint64_t base_bytes() const override {
    return parameters_.values().size_bytes() + network_.bytes();
  }
  std::uint64_t queue_bytes(std::size_t windows, std::size_t window_size) const override {
    return CpuQueue::bytes(network_, pool_, windows, window_size);
  }
  std::unique_ptr<AcceleratorQueue> make_queue(std::size_t windows,
                                               std::size_t window_size) override {
    return std::make_unique<CpuQueue>(network_, pool_, windows, window_size);
  }

 private:
  Parameters parameters_;
  Network network_;
  ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<Accelerator> cpu_network(const OwnedNetwork& network, const Kernels& kernels,
                                         ThreadPool& pool) {
  const bool bf16 = network.network().precision == kSkolDeviceBf16;
  return std::make_unique<CpuNetwork>(network.parameters(), kernels,
                                      bf16 ? find_bf16_kernels(kernels) : nullptr, pool);
}

}  // namespace skol
