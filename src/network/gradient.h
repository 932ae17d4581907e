// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/aligned_vector.h"
#include "base/sparse_rows.h"
#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "network/dropout.h"
#include "network/loss.h"
#include "network/lstm_direction.h"
#include "network/parameters.h"

namespace skol {

// The windows of one training step.
struct TrainingBatch {
  const SparseRows& lines;               // of all training documents
  std::span<const std::int32_t> labels;  // one a line; below 0: counts in no loss
  std::span<const WindowRows> windows;   // into lines and labels, in any order
  // One a column: 1 where it tells how a line is built and not what it says; empty where columns
  // are of one kind.
  std::span<const std::uint8_t> form = {};
};

// Forward and backward pass over a batch. Holds the scratch of one step, which grows to the largest
// batch seen. The result has the same bits for any number of threads and any backend: rows are
// independent on the way forward and back, and each weight's gradient is one chain over the rows of
// the batch, longest window first.
class GradientPass {
 public:
  // `kernels` and `pool` outlive the pass.
  GradientPass(const NetworkShape& shape, const Kernels& kernels, ThreadPool& pool);

  // Returns the loss; writes its gradient to all of `gradient`, but for the rows of an embedding
  // whose features the batch lacks: these stay as they are.
  double run(const Parameters& parameters, const TrainingBatch& batch, const LossOptions& loss,
             const DropoutOptions& dropout, Parameters& gradient);

  // Features of the last run's batch, after dropout, ascending: the rows of an embedding that have
  // a gradient. Empty without embedding.
  std::span<const std::uint32_t> touched() const { return touched_; }

  // Probabilities of the last run, by window in the batch's order and line: [num_classes] each.
  std::span<const float> probabilities(std::size_t window, std::size_t line) const;

 private:
  struct Layer {
    // [rows][layer_inputs] with dropout; empty where the layer reads sparse rows.
    AlignedVector<float> inputs;
    AlignedVector<float> activations;     // [rows][gates], see LstmTrace
    AlignedVector<float> cells, outputs;  // [rows][2][units]
    PackedMatrix input[2], input_transposed, recurrent[2], recurrent_transposed[2];
  };

  void arrange(const TrainingBatch& batch);
  void prepare(const Parameters& parameters, const TrainingBatch& batch,
               const DropoutOptions& dropout);
  void sparse_inputs(const TrainingBatch& batch, const DropoutOptions& dropout);
  void embed(const Parameters& parameters);
  void embedding_gradient(Parameters& gradient);
  void forward_layer(const Parameters& parameters, std::size_t layer,
                     const DropoutOptions& dropout);
  void forward_dense(const Parameters& parameters);
  void backward_dense(Parameters& gradient);
  void backward_layer(std::size_t layer, const DropoutOptions& dropout, Parameters& gradient);
  void input_gradient(std::size_t layer, const DropoutOptions& dropout);
  void collect_previous_outputs(std::size_t layer);
  void weights_gradient(std::size_t layer, Parameters& gradient);
  // w[k][n] = sum over rows of a[row][k] * panel[row][n].
  void product_of_columns(const float* a, std::size_t a_stride, std::size_t depth,
                          const PackedMatrix& panel, float* w, std::size_t w_stride) const;
  // Calls work(first, count) for even shares of the rows, several a thread.
  void for_rows(const std::function<void(std::size_t, std::size_t)>& work);
  // w[feature][n] = sum over the entries of the sparse inputs with that feature.
  void product_of_sparse(const float* b, std::size_t b_stride, std::size_t first, std::size_t count,
                         const SlicedMatrix<float>& w) const;
  void product_of_rows(const float* a, std::size_t a_stride, const PackedMatrix& b, float* c,
                       std::size_t c_stride);
  LstmDirection direction_of(Direction direction, std::span<const WindowRows> windows) const;
  LstmTrace trace_of(std::size_t layer);
  std::span<const WindowRows> group(std::size_t g) const;

  NetworkShape shape_;
  const Kernels& kernels_;
  ThreadPool& pool_;
  std::vector<Layer> layers_;
  PackedMatrix dense_, dense_transposed_;
  std::vector<std::size_t> order_;      // windows of the batch, longest first
  std::vector<WindowRows> windows_;     // the same windows in rows of the scratch
  std::vector<std::size_t> first_row_;  // by window in the batch's order
  std::vector<std::int32_t> labels_;    // by row
  std::size_t rows_ = 0, groups_ = 1;
  SparseRows inputs_, inputs_by_feature_;  // with dropout; the second transposed
  std::vector<std::uint32_t> touched_;
  AlignedVector<float> embedded_, inverse_deviations_;  // [rows][embedding], normalised; [rows]
  AlignedVector<float> logits_, logits_gradient_, outputs_gradient_, previous_outputs_, ones_;
  AlignedVector<float> zeros_;
  std::vector<PackedMatrix> panels_;  // one a thread
};

}  // namespace skol
