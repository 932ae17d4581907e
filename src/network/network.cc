// SPDX-License-Identifier: Apache-2.0
#include "network/network.h"

#include <algorithm>

#include "network/sparse_product.h"

namespace skol {

Network::Network(const Parameters& parameters, const Kernels& kernels)
    : parameters_(&parameters), kernels_(&kernels) {
  const NetworkShape& s = shape();
  for (std::size_t layer = 0; layer < s.num_layers; ++layer) {
    for (Direction direction : kDirections) {
      if (layer > 0) {
        const std::size_t half = static_cast<std::size_t>(direction) * 4 * s.units();
        pack(parameters.input_weights(layer) + half, s.gates(), s.layer_inputs(layer),
             4 * s.units(), kernels.lanes(), input_.emplace_back());
      }
      pack_gates(parameters.recurrent(layer, direction), s.units(), kernels.lanes(),
                 recurrent_.emplace_back());
    }
  }
  if (s.num_layers > 0) {
    pack(parameters.dense_weights(), s.padded_classes(), s.dense_inputs(), s.padded_classes(),
         kernels.lanes(), dense_);
  }
}

std::size_t Network::bytes() const {
  std::size_t floats = dense_.data.size();
  for (const PackedMatrix& input : input_) floats += input.data.size();
  for (const PackedMatrix& recurrent : recurrent_) floats += recurrent.data.size();
  return floats * sizeof(float);
}

std::size_t Network::bytes(const NetworkShape& s) {
  if (s.num_layers == 0) return 0;
  const std::size_t recurrent = 2 * s.num_layers * s.units() * 4 * s.units();
  const std::size_t input = (s.num_layers - 1) * 2 * s.units() * s.gates();
  return (recurrent + input + s.dense_inputs() * s.padded_classes()) * sizeof(float);
}

Workspace::Workspace(const NetworkShape& shape, std::size_t windows, std::size_t window_size)
    : windows_(windows), window_size_(window_size), block_(bytes(shape, windows, window_size)) {
  Carver carver(block_.data());
  lay_out(carver, shape);
  if (shape.num_layers == 0) return;
  std::fill_n(zeros_, shape.units(), 0.0f);
  steps_.reserve(windows);
}

std::size_t Workspace::bytes(const NetworkShape& shape, std::size_t windows,
                             std::size_t window_size) {
  Workspace counted;
  counted.windows_ = windows;
  counted.window_size_ = window_size;
  Carver counter;
  counted.lay_out(counter, shape);
  return counter.bytes();
}

void Workspace::lay_out(Carver& carver, const NetworkShape& shape) {
  const std::size_t rows = windows_ * window_size_;
  logits_ = carver.take<float>(rows * shape.padded_classes());
  if (shape.num_layers == 0) return;
  gates_ = carver.take<float>(rows * shape.gates());
  outputs_[0] = carver.take<float>(rows * 2 * shape.units());
  // A single layer reads sparse rows and needs no second buffer.
  outputs_[1] = shape.num_layers > 1 ? carver.take<float>(rows * 2 * shape.units()) : outputs_[0];
  cells_ = carver.take<float>(windows_ * shape.units());
  zeros_ = carver.take<float>(shape.units());
  gate_rows_ = carver.take<const float*>(rows);
  input_rows_ = carver.take<const float*>(rows);
  output_rows_ = carver.take<float*>(rows);
}

// The way of one micro-batch through the network: views into the workspace.
class MicroBatch {
 public:
  MicroBatch(const Network& network, std::span<const WindowTask> tasks, Workspace& workspace)
      : network_(network), shape_(network.shape()), tasks_(tasks), work_(workspace) {
    for (std::size_t w = 0; w < tasks.size(); ++w) {
      windows_[w] = {rows_, tasks[w].lines.length};
      rows_ += tasks[w].lines.length;
    }
  }

  void run(const SparseRows& lines) {
    if (shape_.num_layers == 0) {
      logistic(lines);
    } else {
      project_lines(lines);
      for (std::size_t layer = 0; layer < shape_.num_layers; ++layer) {
        for (Direction direction : kDirections) {
          layer == 0 ? recur_over_lines(direction) : recur_over_outputs(layer, direction);
        }
      }
      dense();
    }
    network_.kernels().softmax(work_.logits_, rows_, shape_.num_classes, shape_.padded_classes());
    for (std::size_t w = 0; w < tasks_.size(); ++w) copy_probabilities(w);
  }

 private:
  // logits[row] = bias + sparse row * weights.
  void logistic(const SparseRows& lines) {
    for (std::size_t w = 0; w < tasks_.size(); ++w) {
      sparse_product(network_.kernels(), lines, tasks_[w].lines.first_row, windows_[w].length,
                     network_.parameters().sparse_weights(), network_.parameters().dense_bias(),
                     work_.logits_ + windows_[w].first_row * shape_.padded_classes());
    }
  }

  // Layer 0's share of the gates belongs to the line: computed once for all windows that cover it.
  // Lines without a gap between them are projected together, so that a slice of the weights that
  // was brought to the second-level cache serves them all.
  void project_lines(const SparseRows& lines) {
    std::size_t order[kMicroBatchWindows];
    for (std::size_t w = 0; w < tasks_.size(); ++w) {
      std::size_t* const at = std::upper_bound(
          order, order + w, tasks_[w].lines.first_row,
          [&](std::size_t first, std::size_t o) { return first < tasks_[o].lines.first_row; });
      std::copy_backward(at, order + w, order + w + 1);
      *at = w;
    }
    const std::size_t width = shape_.gates();
    float* gates = work_.gates_;
    for (std::size_t begin = 0, end = 0; begin < tasks_.size(); begin = end) {
      const std::size_t first = tasks_[order[begin]].lines.first_row;
      std::size_t last = first;
      for (; end < tasks_.size() && tasks_[order[end]].lines.first_row <= last; ++end) {
        const WindowRows& window = tasks_[order[end]].lines;
        for (std::size_t t = 0; t < window.length; ++t) {
          work_.gate_rows_[windows_[order[end]].first_row + t] =
              gates + (window.first_row + t - first) * width;
        }
        last = std::max(last, window.first_row + window.length);
      }
      sparse_product(network_.kernels(), lines, first, last - first,
                     network_.parameters().sparse_weights(), network_.parameters().bias(0), gates);
      gates += (last - first) * width;
    }
  }

  LstmDirection lstm(Direction direction) const {
    return {network_.kernels(), shape_.units(), direction, {windows_, tasks_.size()}};
  }

  void recur_over_lines(Direction direction) {
    if (direction == Direction::kBackward) {
      for (std::size_t row = 0; row < rows_; ++row) work_.gate_rows_[row] += 4 * shape_.units();
    }
    lstm_forward(lstm(direction), 0, windows_[0].length, {work_.gate_rows_, rows_},
                 network_.recurrent(0, direction), outputs(0), work_.cells_, work_.zeros_,
                 work_.steps_);
  }

  // A few steps at a time: gates = bias + outputs of the layer below * input weights, then the
  // recurrence over them.
  void recur_over_outputs(std::size_t layer, Direction direction) {
    const std::size_t units = shape_.units(), width = 4 * units;
    const float* bias =
        network_.parameters().bias(layer) + static_cast<std::size_t>(direction) * width;
    for (std::size_t first = 0; first < windows_[0].length; first += kStepsAhead) {
      std::size_t count = 0;
      for (std::size_t w = 0; w < tasks_.size(); ++w) {
        const std::size_t end = std::min(first + kStepsAhead, windows_[w].length);
        for (std::size_t step = first; step < end; ++step, ++count) {
          const std::size_t row = row_of(lstm(direction), windows_[w], step);
          work_.input_rows_[count] = outputs(layer - 1) + row * 2 * units;
          work_.output_rows_[count] = work_.gates_ + count * width;
          work_.gate_rows_[row] = work_.output_rows_[count];
        }
      }
      network_.kernels().gemm({work_.input_rows_, count}, 1,
                              network_.input_weights(layer, direction), bias,
                              {work_.output_rows_, count});
      lstm_forward(lstm(direction), first, first + kStepsAhead, {work_.gate_rows_, rows_},
                   network_.recurrent(layer, direction), outputs(layer), work_.cells_, work_.zeros_,
                   work_.steps_);
    }
  }

  void dense() {
    const std::size_t width = shape_.padded_classes();
    for (std::size_t row = 0; row < rows_; ++row) {
      work_.output_rows_[row] = work_.logits_ + row * width;
      work_.input_rows_[row] = outputs(shape_.num_layers - 1) + row * 2 * shape_.units();
    }
    network_.kernels().gemm({work_.input_rows_, rows_}, 1, network_.dense(),
                            network_.parameters().dense_bias(), {work_.output_rows_, rows_});
  }

  void copy_probabilities(std::size_t w) const {
    float* out = tasks_[w].probabilities;
    for (std::size_t t = 0; t < windows_[w].length; ++t) {
      const float* row = work_.logits_ + (windows_[w].first_row + t) * shape_.padded_classes();
      out = std::copy_n(row, shape_.num_classes, out);
    }
  }

  float* outputs(std::size_t layer) const { return work_.outputs_[layer % 2]; }

  const Network& network_;
  const NetworkShape& shape_;
  std::span<const WindowTask> tasks_;
  Workspace& work_;
  WindowRows windows_[kMicroBatchWindows];  // in the workspace's rows, one window after the other
  std::size_t rows_ = 0;
};

void predict_windows(const Network& network, const SparseRows& rows,
                     std::span<const WindowTask> windows, Workspace& workspace) {
  MicroBatch(network, windows, workspace).run(rows);
}

}  // namespace skol
