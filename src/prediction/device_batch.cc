// SPDX-License-Identifier: Apache-2.0
#include "prediction/device_batch.h"

#include <algorithm>
#include <new>

namespace skol {
namespace {

// Lines that a thread makes the rows of at a time: some 100 us of work, or it does not pay to wake
// one.
constexpr std::size_t kLinesOfTask = 64;

std::size_t queue_windows(std::size_t batch_size) {
  return std::min(batch_size, kDeviceWindows);
}

}  // namespace

DeviceBatchPredictor::DeviceBatchPredictor(Accelerator& network, std::uint64_t budget,
                                           const Vectorizer& vectorizer, ThreadPool& pool,
                                           std::size_t window_size, std::size_t batch_size)
    : vectorizer_(vectorizer),
      pool_(pool),
      most_windows_(queue_windows(batch_size)),
      device_bytes_(network.queue_bytes(most_windows_, window_size)) {
  if (budget > 0 && device_bytes_ > budget) throw std::bad_alloc();
  queue_ = network.make_queue(most_windows_, window_size);
}

std::size_t DeviceBatchPredictor::workspace_bytes() const {
  const auto bytes = [](const SparseRows& rows) {
    return rows.offsets.capacity() * sizeof(std::size_t) +
           rows.columns.capacity() * sizeof(std::uint32_t) + rows.values.capacity() * sizeof(float);
  };
  std::size_t all = bytes(rows_);
  for (const SparseRows& rows : task_rows_) all += bytes(rows);
  return all;
}

void DeviceBatchPredictor::predict(std::span<const BatchWindow> windows,
                                   const std::function<void(std::size_t windows)>& look) {
  std::vector<const BatchWindow*> sorted;
  for (const BatchWindow& window : windows) sorted.push_back(&window);
  // The longest first; windows of equal length stay in document order, in which neighbours share
  // lines.
  std::stable_sort(sorted.begin(), sorted.end(), [](const BatchWindow* a, const BatchWindow* b) {
    return a->window.length > b->window.length;
  });
  const std::size_t waves = (sorted.size() + most_windows_ - 1) / most_windows_;
  for (std::size_t wave = 0; wave <= waves; ++wave) {
    const std::size_t first = wave * most_windows_;
    if (wave < waves) {
      start(wave % AcceleratorQueue::kSlots,
            std::span(sorted).subspan(first, std::min(most_windows_, sorted.size() - first)));
    }
    if (wave == 0) continue;
    queue_->finish((wave - 1) % AcceleratorQueue::kSlots);
    look(std::min(first, sorted.size()));
  }
}

// Lines that neighbouring windows share have one row.
void DeviceBatchPredictor::start(std::size_t slot, std::span<const BatchWindow* const> windows) {
  lines_.clear();
  tasks_.clear();
  const ClassifiedLines* document = nullptr;
  std::size_t begin = 0, end = 0;  // lines of the document that have the last rows
  for (const BatchWindow* w : windows) {
    const std::size_t first = w->window.begin, last = first + w->window.length;
    if (w->lines != document || first < begin || first > end) {
      document = w->lines;
      begin = end = first;
    }
    for (; end < last; ++end) lines_.push_back({document, end});
    tasks_.push_back({{lines_.size() - (end - first), w->window.length}, w->probabilities});
  }
  make_rows();
  queue_->start(slot, rows_, tasks_);
}

void DeviceBatchPredictor::make_rows() {
  const std::size_t tasks = (lines_.size() + kLinesOfTask - 1) / kLinesOfTask;
  if (task_rows_.size() < tasks) task_rows_.resize(tasks);
  features_.resize(pool_.size());
  pool_.parallel_for(tasks, [&](std::size_t task, std::size_t thread) {
    SparseRows& rows = task_rows_[task];
    rows.clear();
    const std::size_t end = std::min((task + 1) * kLinesOfTask, lines_.size());
    for (std::size_t i = task * kLinesOfTask; i < end; ++i) {
      lines_[i].document->append_row(lines_[i].line, vectorizer_, features_[thread], rows);
    }
  });
  rows_.clear();
  for (std::size_t task = 0; task < tasks; ++task) {
    const SparseRows& rows = task_rows_[task];
    for (std::size_t r = 0; r < rows.size(); ++r) {
      rows_.append(rows.row_columns(r), rows.row_values(r));
    }
  }
}

}  // namespace skol
