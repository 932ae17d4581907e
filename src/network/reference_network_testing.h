// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "network/gradient.h"
#include "network/loss.h"
#include "network/parameters.h"

namespace skol {

// Row-major, in double.
struct ReferenceMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;

  ReferenceMatrix() = default;
  ReferenceMatrix(std::size_t rows_, std::size_t columns_)
      : rows(rows_), columns(columns_), values(rows_ * columns_) {}
  double& at(std::size_t row, std::size_t column) { return values[row * columns + column]; }
  double at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
};

// For tests only: the network, its loss and its gradient in double and plain loops, one window
// after the other, without kernels, padding or threads. It shares no arithmetic with GradientPass
// and predict_windows, which are held against it; finite differences are the check on itself.
class ReferenceNetwork {
 public:
  explicit ReferenceNetwork(const Parameters& parameters);

  // The weights, to be changed at will: one matrix for each of Parameters::plain_tensors.
  std::vector<ReferenceMatrix>& tensors() { return tensors_; }
  const std::vector<ReferenceMatrix>& tensors() const { return tensors_; }

  // Of all lines of all windows, one window after the other: [rows][num_classes].
  ReferenceMatrix probabilities(const TrainingBatch& batch) const;
  double loss(const TrainingBatch& batch, const LossOptions& options) const;
  // By tensor, as tensors().
  std::vector<ReferenceMatrix> gradient(const TrainingBatch& batch,
                                        const LossOptions& options) const;

 private:
  // One direction of a layer over one window; rows in the order in which the direction takes them.
  struct DirectionTrace {
    ReferenceMatrix inputs, activations, cells, outputs;
  };
  struct WindowTrace {
    // Behind an embedding: the sparse rows, their normalised sums and the deviation of each sum.
    ReferenceMatrix lines, embedded, deviations;
    std::vector<DirectionTrace> directions;  // forward and backward of each layer
    ReferenceMatrix dense_inputs, probabilities;
  };

  WindowTrace forward(const TrainingBatch& batch, const WindowRows& window) const;
  DirectionTrace forward_direction(ReferenceMatrix inputs, std::size_t direction) const;
  void backward(const WindowTrace& trace, const ReferenceMatrix& logits_gradient,
                std::vector<ReferenceMatrix>& gradient) const;
  // Returns the gradient of the direction's inputs.
  ReferenceMatrix backward_direction(const DirectionTrace& trace,
                                     const ReferenceMatrix& outputs_gradient, std::size_t direction,
                                     std::vector<ReferenceMatrix>& gradient) const;
  void embed(WindowTrace& trace) const;
  void embedding_gradient(const WindowTrace& trace, ReferenceMatrix above,
                          std::vector<ReferenceMatrix>& gradient) const;
  // Three tensors each (input weights, recurrent weights, bias) come before the two of the dense
  // layer, and these before the embedding where there is one.
  std::size_t num_directions() const { return dense() / 3; }
  std::size_t dense() const { return tensors_.size() - (embeds_ ? 3 : 2); }

  bool embeds_;
  std::vector<ReferenceMatrix> tensors_;
};

}  // namespace skol
