// SPDX-License-Identifier: Apache-2.0
#include "network/network.h"

#include <algorithm>

#include "network/layer_norm.h"
#include "network/sparse_product.h"

namespace skol {
namespace {

// Rows of an upper layer whose gates are computed ahead of the recurrence where windows are few:
// enough whole tiles to use each input weight often, few enough to be near when they are read.
constexpr std::size_t kRowsAhead = 60;

}  // namespace

Network::Network(const Parameters& parameters, const Kernels& kernels, const Bf16Kernels* bf16)
    : parameters_(&parameters), kernels_(&kernels), bf16_kernels_(bf16) {
  const NetworkShape& s = shape();
  if (s.num_layers == 0) {
    bf16_kernels_ = nullptr;
    return;
  }
  const auto pack_matrix = [&](const float* w, std::size_t stride, std::size_t depth,
                               auto& matrices, auto& bf16_matrices) {
    if (bf16 != nullptr) {
      pack_gates(w, stride, depth, s.units(), bf16_matrices.emplace_back());
    } else {
      pack_gates(w, stride, depth, s.units(), kernels.lanes(), matrices.emplace_back());
    }
  };
  for (std::size_t layer = 0; layer < s.num_layers; ++layer) {
    for (Direction direction : kDirections) {
      if (layer > 0) {
        const std::size_t half = static_cast<std::size_t>(direction) * 4 * s.units();
        pack_matrix(parameters.input_weights(layer) + half, s.gates(), s.layer_inputs(layer),
                    input_, bf16_input_);
      }
      pack_matrix(parameters.recurrent(layer, direction), 4 * s.units(), s.units(), recurrent_,
                  bf16_recurrent_);
    }
  }
  pack(parameters.dense_weights(), s.padded_classes(), s.dense_inputs(), s.padded_classes(),
       kernels.lanes(), dense_);
  for (std::size_t half = 0; s.embeds() && half < 2; ++half) {
    pack(parameters.input_weights(0) + half * 4 * s.units(), s.gates(), s.embedding(),
         4 * s.units(), kernels.lanes(), embedding_input_[half]);
  }
  if (bf16 == nullptr || s.embeds()) return;
  const SlicedMatrix<const float> sparse = parameters.sparse_weights();
  bf16_sparse_.resize(sparse.rows * sparse.columns);
  const SlicedMatrix<const Bf16> to = bf16_sparse_weights();
  for (std::size_t column = 0; column < sparse.columns; column += sparse.slice) {
    for (std::size_t row = 0; row < sparse.rows; ++row) {
      pack_sparse(sparse.at(row, column), sparse.slice,
                  &bf16_sparse_[static_cast<std::size_t>(to.at(row, column) - to.data)]);
    }
  }
}

template <>
LstmWeights<float> Network::lstm_weights(std::size_t layer, Direction direction) const {
  const std::size_t half = static_cast<std::size_t>(direction);
  return {*kernels_, recurrent_[2 * layer + half],
          layer == 0 ? nullptr : &input_[2 * (layer - 1) + half]};
}

template <>
LstmWeights<Bf16> Network::lstm_weights(std::size_t layer, Direction direction) const {
  const std::size_t half = static_cast<std::size_t>(direction);
  return {*bf16_kernels_, bf16_recurrent_[2 * layer + half],
          layer == 0 ? nullptr : &bf16_input_[2 * (layer - 1) + half]};
}

// Slices twice as wide as those of float32 are of the same size.
SlicedMatrix<const Bf16> Network::bf16_sparse_weights() const {
  const SlicedMatrix<const float> sparse = parameters_->sparse_weights();
  const std::size_t wide = 2 * sparse.slice;
  return {bf16_sparse_.data(), sparse.rows, sparse.columns,
          4 * shape().units() % wide == 0 ? wide : sparse.slice};
}

std::size_t Network::bytes() const {
  std::size_t bytes = dense_.data.size() * sizeof(float) + bf16_sparse_.size() * sizeof(Bf16);
  for (const PackedMatrix& input : input_) bytes += input.data.size() * sizeof(float);
  for (const PackedMatrix& input : embedding_input_) bytes += input.data.size() * sizeof(float);
  for (const PackedMatrix& matrix : recurrent_) bytes += matrix.data.size() * sizeof(float);
  for (const PackedBf16& input : bf16_input_) bytes += input.data.size() * sizeof(Bf16);
  for (const PackedBf16& matrix : bf16_recurrent_) bytes += matrix.data.size() * sizeof(Bf16);
  return bytes;
}

std::size_t Network::bytes(const NetworkShape& s, bool bf16) {
  if (s.num_layers == 0) return 0;
  const std::size_t recurrent = 2 * s.num_layers * s.units() * 4 * s.units();
  const std::size_t input = (s.num_layers - 1) * 2 * s.units() * s.gates();
  const std::size_t embedded = s.embeds() ? s.embedding() * s.gates() : 0;
  const std::size_t floats = (s.dense_inputs() * s.padded_classes() + embedded) * sizeof(float);
  if (!bf16) return (recurrent + input) * sizeof(float) + floats;
  const std::size_t sparse = s.embeds() ? 0 : s.input_size * s.gates();
  return (recurrent + input + sparse) * sizeof(Bf16) + floats;
}

Workspace::Workspace(const NetworkShape& shape, std::size_t windows, std::size_t window_size)
    : windows_(windows), window_size_(window_size), block_(bytes(shape, windows, window_size)) {
  Carver carver(block_.data());
  lay_out(carver, shape);
  if (shape.num_layers == 0) return;
  std::fill_n(zeros_, std::max(shape.units(), shape.embedding()), 0.0f);
  for (DirectionScratch& direction : directions_) {
    direction.float_steps.reserve(std::min(windows, kLayerWindows));
    direction.bf16_steps.reserve(std::min(windows, kLayerWindows));
  }
}

template <>
std::vector<LstmRow>& Workspace::DirectionScratch::steps<float>() {
  return float_steps;
}

template <>
std::vector<Bf16LstmRow>& Workspace::DirectionScratch::steps<Bf16>() {
  return bf16_steps;
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
  const std::size_t windows = std::min(windows_, kLayerWindows), rows = windows * window_size_;
  logits_ = carver.take<float>(rows * shape.padded_classes());
  if (shape.num_layers == 0) return;
  gates_ = carver.take<float>(windows_ * window_size_ * shape.gates());
  outputs_[0] = carver.take<float>(rows * 2 * shape.units());
  // A single layer reads sparse rows and needs no second buffer.
  outputs_[1] = shape.num_layers > 1 ? carver.take<float>(rows * 2 * shape.units()) : outputs_[0];
  if (shape.embeds()) embedded_ = carver.take<float>(windows_ * window_size_ * shape.embedding());
  zeros_ = carver.take<float>(std::max(shape.units(), shape.embedding()));
  for (DirectionScratch& direction : directions_) {
    direction.gates = carver.take<float>(std::min(rows, kRowsAhead) * 4 * shape.units());
    direction.cells = carver.take<float>(windows * shape.units());
    direction.gate_rows = carver.take<const float*>(rows);
    direction.input_rows = carver.take<const float*>(rows);
    direction.output_rows = carver.take<float*>(rows);
    direction.rows = rows;
  }
}

// The way of one micro-batch through the network: views into the workspace. T is what the outputs
// of layers are kept in.
template <class T>
class MicroBatch {
 public:
  MicroBatch(const Network& network, std::span<const WindowTask> tasks, Workspace& workspace)
      : network_(network), shape_(network.shape()), all_tasks_(tasks), work_(workspace) {}

  // each(work): calls work(direction) for both directions, one after the other or at once.
  template <class Each>
  void run(const SparseRows& lines, const Each& each) {
    if (shape_.embeds()) each([&](Direction direction) { embed_lines(lines, direction); });
    if (shape_.num_layers > 0) {
      each([&](Direction direction) { project_lines(lines, direction); });
    }
    for (std::size_t first = 0; first < all_tasks_.size(); first += kLayerWindows) {
      take_windows(first);
      if (shape_.num_layers == 0) {
        logistic(lines);
      } else {
        each([&](Direction direction) { recur_over_lines(direction, first); });
        for (std::size_t layer = 1; layer < shape_.num_layers; ++layer) {
          each([&](Direction direction) { recur_over_outputs(layer, direction); });
        }
        dense();
      }
      network_.kernels().softmax(work_.logits_, rows_, shape_.num_classes, shape_.padded_classes());
      for (std::size_t w = 0; w < tasks_.size(); ++w) copy_probabilities(w);
    }
  }

 private:
  // The next windows that go through the layers, one after the other in the rows of the workspace.
  void take_windows(std::size_t first) {
    tasks_ = all_tasks_.subspan(first, std::min(kLayerWindows, all_tasks_.size() - first));
    rows_ = 0;
    for (std::size_t w = 0; w < tasks_.size(); ++w) {
      windows_[w] = {rows_, tasks_[w].lines.length};
      rows_ += tasks_[w].lines.length;
    }
  }

  // logits[row] = bias + sparse row * weights.
  void logistic(const SparseRows& lines) {
    for (std::size_t w = 0; w < tasks_.size(); ++w) {
      sparse_product(network_.kernels(), lines, tasks_[w].lines.first_row, windows_[w].length,
                     network_.parameters().sparse_weights(), 0, shape_.padded_classes(),
                     network_.parameters().dense_bias(),
                     work_.logits_ + windows_[w].first_row * shape_.padded_classes());
    }
  }

  // Calls visit(first, last, windows) for every run of lines without a gap between them, and the
  // indices of the windows that cover them.
  template <class Visit>
  void for_each_run(const Visit& visit) const {
    std::size_t order[kMicroBatchWindows];
    const auto first_row = [&](std::size_t w) { return all_tasks_[w].lines.first_row; };
    for (std::size_t w = 0; w < all_tasks_.size(); ++w) {
      std::size_t* const at = std::upper_bound(
          order, order + w, first_row(w),
          [&](std::size_t row, std::size_t other) { return row < first_row(other); });
      std::copy_backward(at, order + w, order + w + 1);
      *at = w;
    }
    for (std::size_t begin = 0, end = 0; begin < all_tasks_.size(); begin = end) {
      const std::size_t first = first_row(order[begin]);
      std::size_t last = first;
      for (; end < all_tasks_.size() && first_row(order[end]) <= last; ++end) {
        last = std::max(last, first_row(order[end]) + all_tasks_[order[end]].lines.length);
      }
      visit(first, last, std::span<const std::size_t>(order + begin, end - begin));
    }
  }

  // The normalised sum of each line's rows of the embedding; a direction takes half of the lines.
  void embed_lines(const SparseRows& lines, Direction direction) {
    const std::size_t width = shape_.embedding(), half = static_cast<std::size_t>(direction);
    float* embedded = work_.embedded_;
    for_each_run([&](std::size_t first, std::size_t last, std::span<const std::size_t>) {
      const std::size_t begin = (last - first) * half / 2, end = (last - first) * (half + 1) / 2;
      float* const rows = embedded + begin * width;
      sparse_product(network_.kernels(), lines, first + begin, end - begin,
                     network_.parameters().sparse_weights(), 0, width, work_.zeros_, rows);
      layer_norm(rows, end - begin, shape_.embedding_size, width, nullptr);
      embedded += (last - first) * width;
    });
  }

  // gates[line] = bias + embedded line * input weights, for `count` lines.
  void project_embedded(Direction direction, const float* embedded, std::size_t count,
                        float* gates) {
    Workspace::DirectionScratch& scratch = scratch_of(direction);
    const float* const bias =
        network_.parameters().bias(0) + static_cast<std::size_t>(direction) * 4 * shape_.units();
    const std::size_t most = scratch.rows;
    for (std::size_t first = 0; first < count; first += most) {
      const std::size_t some = std::min(most, count - first);
      for (std::size_t i = 0; i < some; ++i) {
        scratch.input_rows[i] = embedded + (first + i) * shape_.embedding();
        scratch.output_rows[i] = gates + (first + i) * shape_.gates();
      }
      network_.kernels().gemm({scratch.input_rows, some}, 1, network_.embedding_input(direction),
                              bias, {scratch.output_rows, some});
    }
  }

  // Layer 0's share of the gates belongs to the line: computed once for all windows that cover it.
  // Lines without a gap between them are projected together, so that a slice of the weights that
  // was brought to the second-level cache serves them all.
  void project_lines(const SparseRows& lines, Direction direction) {
    const std::size_t width = shape_.gates(), half = static_cast<std::size_t>(direction);
    float* gates = work_.gates_ + half * width / 2;
    const float* embedded = work_.embedded_;
    for_each_run([&](std::size_t first, std::size_t last, std::span<const std::size_t> windows) {
      for (const std::size_t w : windows) {
        line_gates_[half][w] = gates + (all_tasks_[w].lines.first_row - first) * width;
      }
      const float* bias = network_.parameters().bias(0);
      if (shape_.embeds()) {
        project_embedded(direction, embedded, last - first, gates);
        embedded += (last - first) * shape_.embedding();
      } else if constexpr (std::is_same_v<T, float>) {
        sparse_product(network_.kernels(), lines, first, last - first,
                       network_.parameters().sparse_weights(), half * width / 2, width / 2, bias,
                       gates);
      } else {
        sparse_product(*network_.bf16_kernels(), lines, first, last - first,
                       network_.bf16_sparse_weights(), half * width / 2, width / 2, bias, gates);
      }
      gates += (last - first) * width;
    });
  }

  void recur_over_lines(Direction direction, std::size_t first_window) {
    const float** gate_rows = scratch_of(direction).gate_rows;
    const float* const* gates = line_gates_[static_cast<std::size_t>(direction)] + first_window;
    for (std::size_t w = 0; w < tasks_.size(); ++w) {
      for (std::size_t t = 0; t < windows_[w].length; ++t) {
        gate_rows[windows_[w].first_row + t] = gates[w] + t * shape_.gates();
      }
    }
    recur(direction, 0, windows_[0].length, network_.template lstm_weights<T>(0, direction), 0);
  }

  LstmDirection lstm(Direction direction) const {
    return {network_.kernels(), shape_.units(), direction, {windows_, tasks_.size()}};
  }

  void recur(Direction direction, std::size_t first, std::size_t end, const LstmWeights<T>& weights,
             std::size_t layer) {
    Workspace::DirectionScratch& scratch = scratch_of(direction);
    // Zeros in float32 are zeros in bf16.
    lstm_forward(lstm(direction), first, end, {scratch.gate_rows, rows_}, weights, outputs(layer),
                 scratch.cells, reinterpret_cast<const T*>(work_.zeros_),
                 scratch.template steps<T>());
  }

  // An upper layer. With a whole tile of windows its input is multiplied in each step, in one
  // accumulation with the recurrence. Fewer windows would read all input weights for little work
  // in each step: for them the gates are computed some steps ahead, in float32.
  void recur_over_outputs(std::size_t layer, Direction direction) {
    const float* bias = network_.parameters().bias(layer) +
                        static_cast<std::size_t>(direction) * 4 * shape_.units();
    Workspace::DirectionScratch& scratch = scratch_of(direction);
    LstmWeights<T> weights = network_.template lstm_weights<T>(layer, direction);
    weights.x = outputs(layer - 1);
    weights.stride = 2 * shape_.units();
    if constexpr (std::is_same_v<T, float>) {
      if (tasks_.size() < network_.kernels().tile_rows()) {
        const std::size_t steps = kRowsAhead / tasks_.size();
        for (std::size_t first = 0; first < windows_[0].length; first += steps) {
          const std::size_t count = collect_rows(direction, first, steps, weights.x, scratch);
          network_.kernels().gemm({scratch.input_rows, count}, 1, *weights.input, bias,
                                  {scratch.output_rows, count});
          recur(direction, first, first + steps, {weights.kernels, weights.recurrent}, layer);
        }
        return;
      }
    }
    std::fill_n(scratch.gate_rows, rows_, bias);
    recur(direction, 0, windows_[0].length, weights, layer);
  }

  // The rows of steps first .. first + steps: what they read, and where their gates go.
  std::size_t collect_rows(Direction direction, std::size_t first, std::size_t steps,
                           const float* inputs, Workspace::DirectionScratch& scratch) const {
    const std::size_t units = shape_.units();
    std::size_t count = 0;
    for (std::size_t w = 0; w < tasks_.size(); ++w) {
      const std::size_t end = std::min(first + steps, windows_[w].length);
      for (std::size_t step = first; step < end; ++step, ++count) {
        const std::size_t row = row_of(lstm(direction), windows_[w], step);
        scratch.input_rows[count] = inputs + row * 2 * units;
        scratch.output_rows[count] = scratch.gates + count * 4 * units;
        scratch.gate_rows[row] = scratch.output_rows[count];
      }
    }
    return count;
  }

  // A few rows at a time: those of bf16 become float32 on the way.
  void dense() {
    const std::size_t width = shape_.padded_classes(), below = 2 * shape_.units();
    Workspace::DirectionScratch& scratch = work_.directions_[0];
    const std::size_t most = std::min(rows_, kRowsAhead);
    for (std::size_t first = 0, count; first < rows_; first += count) {
      count = std::min(most, rows_ - first);
      for (std::size_t i = 0; i < count; ++i) {
        const T* h = outputs(shape_.num_layers - 1) + (first + i) * below;
        scratch.output_rows[i] = work_.logits_ + (first + i) * width;
        scratch.input_rows[i] = as_floats(h, below, scratch.gates + i * below);
      }
      network_.kernels().gemm({scratch.input_rows, count}, 1, network_.dense(),
                              network_.parameters().dense_bias(), {scratch.output_rows, count});
    }
  }

  static const float* as_floats(const float* values, std::size_t, float*) { return values; }
  static const float* as_floats(const Bf16* values, std::size_t count, float* to) {
    std::transform(values, values + count, to, to_float);
    return to;
  }

  void copy_probabilities(std::size_t w) const {
    float* out = tasks_[w].probabilities;
    for (std::size_t t = 0; t < windows_[w].length; ++t) {
      const float* row = work_.logits_ + (windows_[w].first_row + t) * shape_.padded_classes();
      out = std::copy_n(row, shape_.num_classes, out);
    }
  }

  T* outputs(std::size_t layer) const { return reinterpret_cast<T*>(work_.outputs_[layer % 2]); }
  Workspace::DirectionScratch& scratch_of(Direction direction) const {
    return work_.directions_[static_cast<std::size_t>(direction)];
  }

  const Network& network_;
  const NetworkShape& shape_;
  std::span<const WindowTask> all_tasks_;
  Workspace& work_;
  const float* line_gates_[2][kMicroBatchWindows] = {};  // where a window's lines begin in gates_
  // The windows that go through the layers, and where each is in the workspace's rows.
  std::span<const WindowTask> tasks_;
  WindowRows windows_[kLayerWindows];
  std::size_t rows_ = 0;
};

namespace {

template <class Each>
void run(const Network& network, const SparseRows& rows, std::span<const WindowTask> windows,
         Workspace& workspace, const Each& each) {
  if (network.bf16_kernels() != nullptr) {
    MicroBatch<Bf16>(network, windows, workspace).run(rows, each);
  } else {
    MicroBatch<float>(network, windows, workspace).run(rows, each);
  }
}

}  // namespace

void predict_windows(const Network& network, const SparseRows& rows,
                     std::span<const WindowTask> windows, Workspace& workspace) {
  run(network, rows, windows, workspace, [](const auto& work) {
    for (const Direction direction : kDirections) work(direction);
  });
}

void predict_windows(const Network& network, const SparseRows& rows,
                     std::span<const WindowTask> windows, Workspace& workspace, ThreadPool& pool) {
  run(network, rows, windows, workspace, [&pool](const auto& work) {
    pool.parallel_for(2, [&](std::size_t task, std::size_t) { work(kDirections[task]); });
  });
}

}  // namespace skol
