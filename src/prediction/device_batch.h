// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "device/accelerator.h"
#include "prediction/batch_runner.h"

namespace skol {

// Windows that go to a device at a time: what gives each of an H100's 132 multiprocessors 8 windows
// of one direction. Larger batches go in several, whose rows are made while the one before is
// computed, and take no more memory.
inline constexpr std::size_t kDeviceWindows = 512;

// One prediction call on a device: the threads make the rows of the lines, each once, and the
// device does the rest.
class DeviceBatchPredictor final : public BatchRunner {
 public:
  // All arguments outlive the predictor. std::bad_alloc where the device, or `budget` of it for
  // such queues (0: any), is too small.
  DeviceBatchPredictor(Accelerator& network, std::uint64_t budget, const Vectorizer& vectorizer,
                       ThreadPool& pool, std::size_t window_size, std::size_t batch_size);

  void predict(std::span<const BatchWindow> windows,
               const std::function<void(std::size_t windows)>& look) override;
  std::size_t workspace_bytes() const override;
  std::size_t device_bytes() const override { return device_bytes_; }

 private:
  struct Line {
    const ClassifiedLines* document;
    std::size_t line;
  };
  void start(std::size_t slot, std::span<const BatchWindow* const> windows);
  void make_rows();

  const Vectorizer& vectorizer_;
  ThreadPool& pool_;
  std::size_t most_windows_;
  std::uint64_t device_bytes_;
  std::unique_ptr<AcceleratorQueue> queue_;
  // Of the windows that are about to go, kept so that no call allocates.
  std::vector<Line> lines_;
  std::vector<WindowTask> tasks_;
  std::vector<SparseRows> task_rows_;     // a task
  std::vector<FeatureScratch> features_;  // a thread
  SparseRows rows_;
};

}  // namespace skol
