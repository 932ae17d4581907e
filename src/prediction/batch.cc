// SPDX-License-Identifier: Apache-2.0
#include "prediction/batch.h"

#include <algorithm>
#include <atomic>

#include "base/round_up.h"

namespace skol {
namespace {

// Windows of each micro-batch: as few micro-batches as possible but a multiple of the threads where
// there are windows enough, and all alike. Threads that wait for one another cost more than tiles
// of the kernels that are not full: with whole tiles, batches of 32 and 56 were a tenth slower.
std::vector<std::size_t> micro_batch_sizes(std::size_t windows, std::size_t most,
                                           std::size_t threads) {
  const std::size_t count = std::min(windows, round_up((windows + most - 1) / most, threads));
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < count; ++i) {
    sizes.push_back(windows * (i + 1) / count - windows * i / count);
  }
  return sizes;
}

// Micro-batches of the calling thread between two looks: 24 windows of the default network take a
// core 6 to 20 ms, so that an interruption of a batch of thousands of windows is noticed soon.
constexpr std::size_t kMicroBatchesBetweenLooks = 8;

}  // namespace

BatchPredictor::BatchPredictor(const Network& network, const Vectorizer& vectorizer,
                               ThreadPool& pool, std::size_t window_size, std::size_t batch_size)
    : network_(network),
      vectorizer_(vectorizer),
      pool_(pool),
      window_size_(window_size),
      layout_(batch_size, pool.size(), network.kernels().tile_rows()) {
  for (std::size_t t = 0; t < layout_.scratches; ++t) {
    scratch_.push_back({Workspace(network.shape(), layout_.micro_batch, window_size), {}, {}, {}});
  }
}

std::size_t BatchPredictor::workspace_bytes() const {
  return scratch_.size() * Workspace::bytes(network_.shape(), layout_.micro_batch, window_size_);
}

void BatchPredictor::predict(std::span<const BatchWindow> windows,
                             const std::function<void(std::size_t windows)>& look) {
  std::vector<const BatchWindow*> sorted;
  for (const BatchWindow& window : windows) sorted.push_back(&window);
  // Windows of like length together; windows of equal length stay in document order, in which
  // neighbours share lines.
  std::stable_sort(sorted.begin(), sorted.end(), [](const BatchWindow* a, const BatchWindow* b) {
    return a->window.length > b->window.length;
  });
  if (windows.size() <= layout_.micro_batch &&
      directions_are_shared(windows.size(), pool_.size(), network_.kernels().tile_rows())) {
    take_windows(sorted, scratch_[0]);
    predict_windows(network_, scratch_[0].rows, scratch_[0].tasks, scratch_[0].workspace, pool_);
    return look(windows.size());
  }
  const auto sizes = micro_batch_sizes(windows.size(), layout_.micro_batch, scratch_.size());
  std::vector<std::size_t> first(sizes.size(), 0);
  for (std::size_t i = 1; i < sizes.size(); ++i) first[i] = first[i - 1] + sizes[i - 1];
  // The thread that runs looks between two tasks of its own: no other waits for it.
  std::atomic<std::size_t> done = 0;
  std::size_t own = 0;
  pool_.parallel_for(sizes.size(), [&](std::size_t i, std::size_t t) {
    Scratch& scratch = scratch_[scratch_.size() == 1 ? 0 : t];
    take_windows({&sorted[first[i]], sizes[i]}, scratch);
    predict_windows(network_, scratch.rows, scratch.tasks, scratch.workspace);
    done += sizes[i];
    if (t == 0 && ++own % kMicroBatchesBetweenLooks == 0) look(done);
  });
  look(windows.size());
}

// The rows of the windows' lines, and where in them each window is.
void BatchPredictor::take_windows(std::span<const BatchWindow* const> windows,
                                  Scratch& scratch) const {
  scratch.rows.clear();
  scratch.tasks.clear();
  // Lines [rows_begin, rows_end) of the document of the last window have rows, the last one last.
  const ClassifiedLines* document = nullptr;
  std::size_t rows_begin = 0, rows_end = 0;
  for (const BatchWindow* w : windows) {
    const std::size_t begin = w->window.begin, end = begin + w->window.length;
    if (w->lines != document || begin < rows_begin || begin > rows_end) {
      document = w->lines;
      rows_begin = rows_end = begin;
    }
    for (; rows_end < end; ++rows_end) {
      document->append_row(rows_end, vectorizer_, scratch.features, scratch.rows);
    }
    scratch.tasks.push_back(
        {{scratch.rows.size() - (rows_end - begin), w->window.length}, w->probabilities});
  }
}

}  // namespace skol
