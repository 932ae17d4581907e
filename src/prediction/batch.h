// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "features/classified_lines.h"
#include "network/network.h"
#include "prediction/batch_layout.h"
#include "prediction/batch_runner.h"
#include "windows/sliding_window.h"

namespace skol {

// One prediction call: from the lines of up to prediction_batch_size windows to probabilities. The
// batch is cut into micro-batches, one a task, so that its scratch is that of the threads and not
// of the batch.
class BatchPredictor final : public BatchRunner {
 public:
  // All arguments outlive the predictor. batch_size is the most windows of a call.
  BatchPredictor(const Network& network, const Vectorizer& vectorizer, ThreadPool& pool,
                 std::size_t window_size, std::size_t batch_size);

  // `look` is called between micro-batches, several times a second, with the windows that are done
  // by then, from the calling thread while others work; what it throws ends the call.
  void predict(std::span<const BatchWindow> windows,
               const std::function<void(std::size_t windows)>& look) override;
  std::size_t workspace_bytes() const override;

 private:
  struct Scratch {
    Workspace workspace;
    FeatureScratch features;
    SparseRows rows;
    std::vector<WindowTask> tasks;
  };
  void take_windows(std::span<const BatchWindow* const> windows, Scratch& scratch) const;

  const Network& network_;
  const Vectorizer& vectorizer_;
  ThreadPool& pool_;
  std::size_t window_size_;
  BatchLayout layout_;
  std::vector<Scratch> scratch_;
};

}  // namespace skol
