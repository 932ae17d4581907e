// SPDX-License-Identifier: Apache-2.0
#include "network/network.h"

#include <algorithm>
#include <utility>

namespace skol {

Network::Network(Parameters parameters, const Kernels& kernels)
    : parameters_(std::move(parameters)), kernels_(&kernels) {
  const NetworkShape& s = shape();
  for (std::size_t layer = 0; layer < s.num_layers; ++layer) {
    if (layer > 0) {
      pack(parameters_.input_weights(layer), s.gates(), s.layer_inputs(layer), s.gates(),
           kernels.lanes(), layers_.emplace_back().input);
    }
    for (Direction direction : kDirections) {
      pack_gates(parameters_.recurrent(layer, direction), s.units(), kernels.lanes(),
                 recurrent_.emplace_back());
    }
  }
  if (s.num_layers > 0) {
    pack(parameters_.dense_weights(), s.padded_classes(), s.dense_inputs(), s.padded_classes(),
         kernels.lanes(), dense_);
  }
}

std::size_t Network::bytes() const {
  std::size_t floats = parameters_.values().size() + dense_.data.size();
  for (const UpperLayer& layer : layers_) floats += layer.input.data.size();
  for (const PackedMatrix& recurrent : recurrent_) floats += recurrent.data.size();
  return floats * sizeof(float);
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
        if (layer > 0) project_outputs(layer);
        recur(layer);
      }
      dense();
    }
    network_.kernels().softmax(work_.logits_, rows_, shape_.num_classes, shape_.padded_classes());
    for (std::size_t w = 0; w < tasks_.size(); ++w) copy_probabilities(w);
  }

 private:
  // logits[row] = bias + sparse row * weights.
  void logistic(const SparseRows& lines) {
    const std::size_t width = shape_.padded_classes();
    for (std::size_t w = 0; w < tasks_.size(); ++w) {
      for (std::size_t t = 0; t < windows_[w].length; ++t) {
        const std::size_t line = tasks_[w].lines.first_row + t;
        float* out = work_.logits_ + (windows_[w].first_row + t) * width;
        network_.kernels().sparse_row(lines.row_columns(line), lines.row_values(line),
                                      network_.parameters().dense_weights(), width, width,
                                      network_.parameters().dense_bias(), out);
      }
    }
  }

  // Layer 0's share of the gates belongs to the line: computed once for all windows that cover it.
  // Windows are taken by their first line; `next` is the first line not projected yet.
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
    std::size_t next = 0, used = 0;
    for (const std::size_t w : std::span(order, tasks_.size())) {
      const std::size_t first = tasks_[w].lines.first_row, end = first + tasks_[w].lines.length;
      for (next = std::max(next, first); next < end; ++next, ++used) {
        float* out = work_.gates_ + used * width;
        network_.kernels().sparse_row(lines.row_columns(next), lines.row_values(next),
                                      network_.parameters().input_weights(0), width, width,
                                      network_.parameters().bias(0), out);
      }
      // Line `next - 1` is the last projected, and lines up to it lie before it without a gap.
      for (std::size_t t = 0; t < windows_[w].length; ++t) {
        work_.gate_rows_[windows_[w].first_row + t] =
            work_.gates_ + (used - (next - (first + t))) * width;
      }
    }
  }

  // gates = bias + outputs of the layer below * input weights.
  void project_outputs(std::size_t layer) {
    const std::size_t width = shape_.gates();
    for (std::size_t row = 0; row < rows_; ++row) {
      float* gates = work_.gates_ + row * width;
      work_.gate_rows_[row] = gates;
      work_.output_rows_[row] = gates;
      work_.input_rows_[row] = outputs(layer - 1) + row * 2 * shape_.units();
    }
    network_.kernels().gemm({work_.input_rows_, rows_}, 1, network_.input_weights(layer),
                            network_.parameters().bias(layer), {work_.output_rows_, rows_});
  }

  void recur(std::size_t layer) {
    for (Direction direction : kDirections) {
      lstm_forward({network_.kernels(), shape_.units(), direction, {windows_, tasks_.size()}},
                   {work_.gate_rows_, rows_}, network_.recurrent(layer, direction), outputs(layer),
                   work_.cells_, work_.zeros_, work_.steps_);
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
