// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "network/shape.h"
#include "skol/memory.h"
#include "skol/model.h"
#include "skol/options.h"

namespace skol {

// Text of documents that were read ahead and wait to be labelled, or to be written: enough for one
// to be there when it is wanted, little beside a network's scratch.
inline constexpr std::size_t kMostTextAhead = std::size_t{2} << 20;

// A document as far as memory is concerned.
struct DocumentSize {
  std::uint64_t text_bytes = 0, lines = 0;
};

// What a model takes of memory.
struct ModelMemory {
  std::uint64_t loaded = 0;   // weights and vocabulary
  std::uint64_t loading = 0;  // beside these until it is loaded: what is left of its file
  std::uint64_t packed = 0;   // weights in the form that kernels read
};
// The memory model of a prediction: what its whole process takes at most for each batch size, by
// arithmetic, without allocating anything. Exact for weights and scratch; for the rest bounds that
// bench/budget holds against measured peaks.
//
//   bytes(B) = base + scratch(B) + B x (probabilities and bookkeeping of a window, lines that wait)
//
// Scratch grows with B up to kMicroBatchWindows a thread, and no further.
struct MemoryPlan {
  NetworkShape shape;
  std::size_t window_size = 0, stride = 0;
  bool chain = false;  // decodes documents as a whole
  std::size_t threads = 1, tile_rows = 1;
  std::uint64_t held_bytes = 0;      // measured: what the process has before all that follows
  std::uint64_t peak_bytes = 0;      // measured: the most it ever had
  ModelMemory model;                 // loaded, loading: 0 for a model that it has
  std::uint64_t document_bytes = 0;  // document_memory() of the two largest
  // Text of all documents but the largest, for a run that reads ahead and writes behind.
  std::optional<std::uint64_t> other_text;

  // What is there whatever the batch size.
  std::uint64_t base_bytes() const;
  // What a batch adds to it.
  std::uint64_t batch_bytes(std::size_t batch_size) const;
  // Of that, the documents whose windows wait for a full batch.
  std::uint64_t waiting_bytes(std::size_t batch_size) const;
  // Beside these, documents read ahead; those that wait to be written had waited for a batch.
  std::uint64_t ahead_bytes(std::size_t batch_size) const;
  // The most that is held because of documents: one waits, is merged, decoded and handed over, and
  // another is read meanwhile.
  std::uint64_t document_memory(const DocumentSize& one, const DocumentSize& other) const;
  // The peak of what is to come.
  std::uint64_t bytes(std::size_t batch_size) const;
  // The peak of the whole process, of what it did before as well.
  std::uint64_t whole_peak(std::size_t batch_size) const;
  // The largest batch size up to `most` for which base + batch is within `budget`; 0: none.
  std::size_t largest_batch(std::uint64_t budget, std::size_t most) const;
};

// For a model that is loaded, and the process as it is. Errors as of find_kernels() and
// window_count().
MemoryPlan memory_plan(const Model& model, const PredictionOptions& options);
// For one of which only the first bytes were read, and the process before it loads it. `file_bytes`
// are what it is loaded from.
MemoryPlan memory_plan(const ModelDescription& description, std::uint64_t file_bytes,
                       const PredictionOptions& options);

// The budget that the options ask for.
BudgetRequest budget_request(const PredictionOptions& options);

// Bytes of a document that waits for its last window: text, lines, windows and sums.
std::uint64_t waiting_memory(const DocumentSize& size, std::size_t classes, std::size_t stride);

}  // namespace skol
