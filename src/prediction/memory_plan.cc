// SPDX-License-Identifier: Apache-2.0
#include "prediction/memory_plan.h"

#include <algorithm>

#include "base/huge_pages.h"
#include "base/process_memory.h"
#include "base/thread_pool.h"
#include "features/word_memo.h"
#include "kernels/bf16_kernels.h"
#include "model/model_data.h"
#include "network/line_chain.h"
#include "network/network.h"
#include "network/parameters.h"
#include "prediction/batch.h"
#include "windows/sliding_window.h"

namespace skol {
namespace {

// Pages of code and of the C library's heap that are touched only once work begins: 350 to 470 KiB.
constexpr std::uint64_t kFirstTouched = std::uint64_t{512} << 10;
// A worker's stack as far as it is touched, and what the C library and the kernel keep of it.
constexpr std::uint64_t kThreadBytes = std::uint64_t{64} << 10;
// A line of prose, and the terms on it that a vocabulary of a thousand knows: the corpus has 50 and
// 35 on average. Longer lines count when they come (PredictionRun).
constexpr std::uint64_t kTextOfLine = 64, kTermsOfLine = 48;
// The rich features of a line that a model knows: the corpus has 53 with the defaults, and 90 of
// 65,536 features with affixes.
constexpr std::uint64_t kRichFeaturesOfLine = 112;
// A term in memory: its text, offset, slots of the hash table and IDF.
constexpr std::uint64_t kTermBytes = 64;

constexpr std::uint64_t kTermEntry = sizeof(std::uint32_t) + sizeof(float);

std::size_t threads_of(const PredictionOptions& options) {
  return options.threads > 0 ? options.threads : usable_cores();
}

MemoryPlan plan_of(const NetworkShape& shape, const TrainingOptions& trained,
                   const PredictionOptions& options) {
  MemoryPlan plan;
  plan.shape = shape;
  plan.window_size = trained.window_size;
  plan.stride =
      options.prediction_stride > 0 ? options.prediction_stride : trained.prediction_stride;
  window_count(1, plan.window_size, plan.stride);  // says what is wrong with the stride
  plan.chain = trained.decoder == "crf";
  plan.threads = threads_of(options);
  const Kernels& kernels = find_kernels(options.target);
  plan.tile_rows = kernels.tile_rows();
  plan.held_bytes = resident_bytes();
  plan.peak_bytes = peak_memory_bytes();
  plan.model.packed =
      Network::bytes(shape, find_bf16_kernels(kernels, options.precision) != nullptr);
  plan.document_bytes = options.document_bytes;
  return plan;
}

// Of a model's file, what is given back before the last of its weights are in their place: of an
// embedding whose rows are first touched then (Parameters::to_be_set), all but one huge page at
// either end and two that are on their way (for_each_row).
std::uint64_t given_back_bytes(const NetworkShape& shape) {
  if (!shape.embeds() || shape.embedding() != shape.embedding_size) return 0;
  const std::uint64_t all = shape.input_size * shape.embedding() * sizeof(float);
  return all - std::min<std::uint64_t>(all, 4 * kHugePage);
}

std::uint64_t line_memory(std::size_t classes) {
  constexpr std::uint64_t kNumbers = sizeof(std::size_t) + sizeof(std::uint32_t);  // merged lines
  return sizeof(Line) + sizeof(std::int32_t) + kNumbers + classes * sizeof(float);
}

}  // namespace

MemoryPlan memory_plan(const Model& model, const PredictionOptions& options) {
  return plan_of(model.data().parameters.shape(), model.options(), options);
}

MemoryPlan memory_plan(const ModelDescription& description, std::uint64_t file_bytes,
                       const PredictionOptions& options) {
  const NetworkShape shape{description.input_size, description.options.hidden_size,
                           description.options.num_layers, description.labels.size(),
                           description.takes_features ? 0 : embedding_size(description.options)};
  const std::uint64_t terms = description.takes_features ? 0 : description.input_size;
  MemoryPlan plan = plan_of(shape, description.options, options);
  plan.model.loaded = ParameterLayout(shape).size * sizeof(float) + terms * kTermBytes;
  plan.model.loading = file_bytes - std::min(file_bytes, given_back_bytes(shape));
  return plan;
}

BudgetRequest budget_request(const PredictionOptions& options) {
  return {options.memory_budget, options.executors,
          (threads_of(options) - 1) * ThreadPool::kStackBytes};
}

std::uint64_t MemoryPlan::base_bytes() const {
  return held_bytes + model.loaded + model.packed + document_bytes + kFirstTouched +
         threads * kThreadBytes;
}

std::uint64_t MemoryPlan::waiting_bytes(std::size_t batch_size) const {
  return batch_size * waiting_memory({stride * kTextOfLine, stride}, shape.num_classes, stride);
}

std::uint64_t MemoryPlan::batch_bytes(std::size_t batch_size) const {
  const BatchLayout layout(batch_size, threads, tile_rows);
  const std::uint64_t terms = shape.embeds() ? kRichFeaturesOfLine : kTermsOfLine;
  const std::uint64_t rows =
      (layout.micro_batch * stride + window_size) * (terms * kTermEntry + sizeof(std::size_t));
  // Marks of columns, and the words that a thread remembers.
  const std::uint64_t features = shape.embeds() ? shape.input_size / 8 + WordMemo::kBytes
                                                : shape.input_size * sizeof(std::uint64_t);
  const std::uint64_t scratch =
      Workspace::bytes(shape, layout.micro_batch, window_size) + rows + features;
  const std::uint64_t window =
      window_size * shape.num_classes * sizeof(float) + sizeof(BatchWindow) + 2 * sizeof(void*);
  return layout.scratches * scratch + batch_size * window + waiting_bytes(batch_size);
}

std::uint64_t MemoryPlan::ahead_bytes(std::size_t batch_size) const {
  if (!other_text) return 0;
  const std::uint64_t waiting = std::min(*other_text, batch_size * stride * kTextOfLine);
  constexpr std::uint64_t kReaderAndWriter = 2 * kThreadBytes;
  const std::uint64_t text = std::min<std::uint64_t>(*other_text - waiting, kMostTextAhead);
  return waiting_memory({text, text / kTextOfLine}, shape.num_classes, stride) + kReaderAndWriter;
}

std::uint64_t MemoryPlan::bytes(std::size_t batch_size) const {
  // What is needed until the model is loaded is given back before it is packed.
  const std::uint64_t loading = held_bytes + model.loaded + model.loading + kFirstTouched;
  return std::max(loading, base_bytes() + batch_bytes(batch_size) + ahead_bytes(batch_size));
}

std::uint64_t MemoryPlan::whole_peak(std::size_t batch_size) const {
  return std::max(peak_bytes, bytes(batch_size));
}

std::size_t MemoryPlan::largest_batch(std::uint64_t budget, std::size_t most) const {
  std::size_t fits = 0, too_large = most + 1;  // bytes() does not fall where the batch grows
  while (fits + 1 < too_large) {
    const std::size_t middle = fits + (too_large - fits) / 2;
    (bytes(middle) <= budget ? fits : too_large) = middle;
  }
  return fits;
}

std::uint64_t waiting_memory(const DocumentSize& size, std::size_t classes, std::size_t stride) {
  return size.text_bytes + size.lines * line_memory(classes) +
         (size.lines / std::max<std::size_t>(1, stride) + 1) * sizeof(Window);
}

std::uint64_t MemoryPlan::document_memory(const DocumentSize& one,
                                          const DocumentSize& other) const {
  const std::size_t classes = shape.num_classes;
  // Read as bytes, from which the text is made.
  const auto reading = [](const DocumentSize& size) {
    return 2 * size.text_bytes + size.lines * (sizeof(Line) + sizeof(std::int32_t));
  };
  const auto labelling = [&](const DocumentSize& size) {
    const std::uint64_t labels = size.lines * (sizeof(std::int32_t) + classes * sizeof(float));
    const std::uint64_t decoding =
        chain ? LineChain::scratch_bytes(size.lines, classes) + size.lines * sizeof(std::uint8_t)
              : 0;
    return waiting_memory(size, classes, stride) + labels + decoding;
  };
  return std::max(labelling(one) + reading(other), reading(one) + labelling(other));
}

}  // namespace skol
