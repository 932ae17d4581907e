// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/sparse_rows.h"
#include "device/accelerator.h"
#include "device/shared_region.h"

namespace skol {

// What a client wants predicted: its rows, copied, and where the outputs go, in memory that it may
// have given up by then but that is there as long as this.
struct PooledRequest {
  std::uint64_t client = 0;
  std::uint32_t slot = 0;
  SparseRows rows;
  std::vector<WindowRows> windows;
  std::vector<float*> outputs;  // by window
  std::shared_ptr<const SharedRegion> region;
  std::size_t left = 0;  // windows not yet predicted
  bool dropped = false;  // whoever asked is gone
};

// The windows of a network that wait, of all clients, in batches for its accelerator. One thread.
class BatchPool {
 public:
  // At most so many windows a batch, and so many bytes with what the network itself takes (0: any).
  BatchPool(std::unique_ptr<Accelerator> network, std::size_t most_windows,
            std::uint64_t budget_bytes);

  const Accelerator& network() const { return *network_; }
  void add(std::shared_ptr<PooledRequest> request) { waiting_.push_back({std::move(request), 0}); }
  // Forgets what a client had waiting.
  void drop(std::uint64_t client);

  bool can_start() const { return !waiting_.empty() && running_.size() < AcceleratorQueue::kSlots; }
  bool is_running() const { return !running_.empty(); }
  // Starts the next batch: windows of all clients in the order in which they came. False where one
  // that runs has to end first. std::bad_alloc where there is no memory for a single window.
  bool start();
  // Ends the oldest batch; gives the requests that are done with it.
  std::vector<std::shared_ptr<PooledRequest>> finish();
  // All that wait or could not be started, for their clients to be told; they are no more.
  std::vector<std::shared_ptr<PooledRequest>> give_up();

  std::uint64_t batches() const { return batches_; }
  std::uint64_t windows() const { return windows_; }
  std::size_t batch_windows() const { return queue_windows_; }  // room, in force
  std::size_t reductions() const { return reductions_; }

 private:
  struct Waiting {
    std::shared_ptr<PooledRequest> request;
    std::size_t next;  // window
  };
  struct Part {
    std::shared_ptr<PooledRequest> request;
    std::size_t window;
  };
  struct Running {
    std::size_t slot;
    std::vector<Part> parts;
  };

  bool needs_other_queue(std::size_t window_size) const;
  void make_queue(std::size_t window_size);
  bool fits(std::size_t windows, std::size_t window_size) const;
  std::vector<Part> take(std::size_t most);
  void send(std::size_t slot, std::vector<Part>& parts);

  std::unique_ptr<Accelerator> network_;
  std::size_t most_windows_;
  std::uint64_t budget_bytes_;
  std::unique_ptr<AcceleratorQueue> queue_;
  std::size_t queue_windows_ = 0, queue_window_size_ = 0;
  std::size_t batches_before_growth_ = 0;
  std::deque<Waiting> waiting_;
  std::deque<Running> running_;
  std::vector<Part> failed_;  // of a batch that could not be started
  std::size_t next_slot_ = 0, reductions_ = 0;
  std::uint64_t batches_ = 0, windows_ = 0;
  // Of the last batch, kept so that no batch allocates.
  SparseRows rows_;
  std::vector<WindowTask> tasks_;
};

}  // namespace skol
