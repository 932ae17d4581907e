// SPDX-License-Identifier: Apache-2.0
#include "serving/batch_pool.h"

#include <algorithm>
#include <new>
#include <utility>

namespace skol {
namespace {

// Batches at a smaller size before a larger one is tried again: somebody else may have left.
constexpr std::size_t kGrowthPause = 32;

}  // namespace

BatchPool::BatchPool(std::unique_ptr<Accelerator> network, std::size_t most_windows,
                     std::uint64_t budget_bytes)
    : network_(std::move(network)), most_windows_(most_windows), budget_bytes_(budget_bytes) {}

void BatchPool::drop(std::uint64_t client) {
  const auto is_its = [&](const Waiting& w) { return w.request->client == client; };
  for (const Running& running : running_) {
    for (const Part& part : running.parts) {
      if (part.request->client == client) part.request->dropped = true;
    }
  }
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), is_its), waiting_.end());
}

bool BatchPool::fits(std::size_t windows, std::size_t window_size) const {
  return budget_bytes_ == 0 ||
         network_->base_bytes() + network_->queue_bytes(windows, window_size) <= budget_bytes_;
}

bool BatchPool::needs_other_queue(std::size_t window_size) const {
  const bool grow = queue_windows_ < most_windows_ && batches_before_growth_ == 0;
  return !queue_ || window_size > queue_window_size_ || grow;
}

// As many windows as there is memory for, in budget and device.
void BatchPool::make_queue(std::size_t window_size) {
  queue_window_size_ = std::max(queue_window_size_, window_size);
  queue_.reset();
  for (std::size_t windows = most_windows_;; windows /= 2) {
    if (windows == 0) throw std::bad_alloc();
    queue_windows_ = windows;
    batches_before_growth_ = windows < most_windows_ ? kGrowthPause : 0;
    if (!fits(windows, queue_window_size_)) continue;
    try {
      queue_ = network_->make_queue(windows, queue_window_size_);
      return;
    } catch (const std::bad_alloc&) {
      ++reductions_;
    }
  }
}

std::vector<BatchPool::Part> BatchPool::take(std::size_t most) {
  std::vector<Part> parts;
  while (!waiting_.empty() && parts.size() < most) {
    Waiting& first = waiting_.front();
    parts.push_back({first.request, first.next});
    if (++first.next == first.request->windows.size()) waiting_.pop_front();
  }
  return parts;
}

bool BatchPool::start() {
  std::size_t longest = 1;
  for (const Waiting& waiting : waiting_) {
    for (const WindowRows& window : waiting.request->windows) {
      longest = std::max(longest, window.length);
    }
  }
  if (needs_other_queue(longest)) {
    if (!running_.empty()) return false;
    make_queue(longest);
  }
  failed_ = take(queue_windows_);
  send(next_slot_, failed_);
  ++batches_;
  windows_ += failed_.size();
  if (batches_before_growth_ > 0) --batches_before_growth_;
  running_.push_back({next_slot_, std::exchange(failed_, {})});
  next_slot_ = (next_slot_ + 1) % AcceleratorQueue::kSlots;
  return true;
}

// Lines that neighbouring windows of a request share have one row.
void BatchPool::send(std::size_t slot, std::vector<Part>& parts) {
  rows_.clear();
  tasks_.clear();
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.request->windows[a.window].length > b.request->windows[b.window].length;
  });
  const PooledRequest* request = nullptr;
  std::size_t begin = 0, end = 0;  // rows of the request that are the last of rows_
  for (const Part& part : parts) {
    const WindowRows& window = part.request->windows[part.window];
    const std::size_t first = window.first_row, last = first + window.length;
    if (part.request.get() != request || first < begin || first > end) {
      request = part.request.get();
      begin = end = first;
    }
    for (; end < last; ++end) {
      rows_.append(request->rows.row_columns(end), request->rows.row_values(end));
    }
    tasks_.push_back(
        {{rows_.size() - (end - first), window.length}, part.request->outputs[part.window]});
  }
  queue_->start(slot, rows_, tasks_);
}

std::vector<std::shared_ptr<PooledRequest>> BatchPool::finish() {
  const Running running = std::move(running_.front());
  running_.pop_front();
  queue_->finish(running.slot);
  std::vector<std::shared_ptr<PooledRequest>> done;
  for (const Part& part : running.parts) {
    if (--part.request->left == 0 && !part.request->dropped) done.push_back(part.request);
  }
  return done;
}

std::vector<std::shared_ptr<PooledRequest>> BatchPool::give_up() {
  std::vector<std::shared_ptr<PooledRequest>> all;
  const auto give = [&](const std::shared_ptr<PooledRequest>& request) {
    if (!std::exchange(request->dropped, true)) all.push_back(request);
  };
  for (const Part& part : failed_) give(part.request);
  for (const Waiting& waiting : waiting_) give(waiting.request);
  failed_.clear();
  waiting_.clear();
  return all;
}

}  // namespace skol
