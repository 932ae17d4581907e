// SPDX-License-Identifier: Apache-2.0
#include "network/gradient.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "network/layer_norm.h"
#include "network/sparse_product.h"

namespace skol {
namespace {

// The most rows of a task where rows are independent: the weights that a task reads are used often,
// and threads end together.
constexpr std::size_t kRowsOfTask = 400;

std::vector<const float*> pointers(const float* first, std::size_t count, std::size_t stride) {
  std::vector<const float*> rows(count);
  for (std::size_t r = 0; r < count; ++r) rows[r] = first + r * stride;
  return rows;
}

std::vector<float*> pointers(float* first, std::size_t count, std::size_t stride) {
  std::vector<float*> rows(count);
  for (std::size_t r = 0; r < count; ++r) rows[r] = first + r * stride;
  return rows;
}

// Streams of the dropout masks: one a layer and step.
Dropout dropout_of(const DropoutOptions& options, std::size_t layer) {
  return {options.rate, options.seed, options.step * 64 + layer};
}

// Of the entries of embedded rows, beside those of the layers.
Dropout feature_dropout_of(const DropoutOptions& options) {
  return {options.feature_rate, ~options.seed, options.step};
}

// Features of one task: rows of an embedding are short, so a task is worth its hand-over.
constexpr std::size_t kFeaturesOfTask = 64;

// The transpose of a sparse matrix with `columns` columns; entries of a column stay in row order.
void transpose(const SparseRows& rows, std::size_t columns, SparseRows& transposed) {
  transposed.offsets.assign(columns + 1, 0);
  transposed.columns.resize(rows.entries());
  transposed.values.resize(rows.entries());
  for (const std::uint32_t column : rows.columns) ++transposed.offsets[column + 1];
  std::partial_sum(transposed.offsets.begin(), transposed.offsets.end(),
                   transposed.offsets.begin());
  std::vector<std::size_t> next(transposed.offsets.begin(), transposed.offsets.end() - 1);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t j = rows.offsets[row]; j < rows.offsets[row + 1]; ++j) {
      const std::size_t to = next[rows.columns[j]]++;
      transposed.columns[to] = static_cast<std::uint32_t>(row);
      transposed.values[to] = rows.values[j];
    }
  }
}

// Takes out the entries that dropout made 0: nothing is to be computed for them.
void drop_zeros(SparseRows& rows) {
  std::size_t kept = 0, begin = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::size_t end = rows.offsets[row + 1];
    for (std::size_t j = begin; j < end; ++j) {
      rows.columns[kept] = rows.columns[j];
      rows.values[kept] = rows.values[j];
      kept += rows.values[j] != 0.0f;
    }
    begin = end;
    rows.offsets[row + 1] = kept;
  }
  rows.columns.resize(kept);
  rows.values.resize(kept);
}

}  // namespace

GradientPass::GradientPass(const NetworkShape& shape, const Kernels& kernels, ThreadPool& pool)
    : shape_(shape),
      kernels_(kernels),
      pool_(pool),
      layers_(shape.num_layers),
      panels_(pool.size()) {
  zeros_.assign(std::max({shape.gates(), shape.padded_classes(), shape.embedding()}), 0.0f);
}

double GradientPass::run(const Parameters& parameters, const TrainingBatch& batch,
                         const LossOptions& loss, const DropoutOptions& dropout,
                         Parameters& gradient) {
  arrange(batch);
  prepare(parameters, batch, dropout);
  if (shape_.embeds()) embed(parameters);
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    forward_layer(parameters, layer, dropout);
  }
  forward_dense(parameters);
  const double value = loss_gradient(loss, logits_, labels_, shape_.num_classes,
                                     shape_.padded_classes(), logits_gradient_);
  backward_dense(gradient);
  for (std::size_t layer = layers_.size(); layer-- > 0;) backward_layer(layer, dropout, gradient);
  if (shape_.embeds()) embedding_gradient(gradient);
  return value;
}

std::span<const float> GradientPass::probabilities(std::size_t window, std::size_t line) const {
  return {&logits_[(first_row_[window] + line) * shape_.padded_classes()], shape_.num_classes};
}

// Sorts the windows, gives them rows of the scratch and makes room.
void GradientPass::arrange(const TrainingBatch& batch) {
  order_.resize(batch.windows.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return batch.windows[a].length > batch.windows[b].length;
  });
  windows_.clear();
  labels_.clear();
  first_row_.resize(order_.size());
  rows_ = 0;
  for (const std::size_t w : order_) {
    const WindowRows& lines = batch.windows[w];
    first_row_[w] = rows_;
    windows_.push_back({rows_, lines.length});
    labels_.insert(
        labels_.end(), batch.labels.begin() + static_cast<std::ptrdiff_t>(lines.first_row),
        batch.labels.begin() + static_cast<std::ptrdiff_t>(lines.first_row + lines.length));
    rows_ += lines.length;
  }
  groups_ = std::clamp<std::size_t>(pool_.size() / 2, 1, std::max<std::size_t>(windows_.size(), 1));
  logits_.resize(rows_ * shape_.padded_classes());
  logits_gradient_.resize(logits_.size());
  ones_.resize(rows_, 1.0f);
  if (layers_.empty()) return;
  outputs_gradient_.resize(rows_ * std::max(2 * shape_.units(), shape_.embedding()));
  previous_outputs_.resize(rows_ * 2 * shape_.units());
  for (Layer& layer : layers_) {
    layer.activations.resize(rows_ * shape_.gates());
    layer.cells.resize(rows_ * 2 * shape_.units());
    layer.outputs.resize(layer.cells.size());
  }
}

void GradientPass::prepare(const Parameters& parameters, const TrainingBatch& batch,
                           const DropoutOptions& dropout) {
  const std::size_t units = shape_.units(), lanes = kernels_.lanes(),
                    classes = shape_.padded_classes();
  // The sparse rows are one task beside the packing, and the longest: it comes first.
  const auto prepare_one = [&](std::size_t number, std::size_t) {
    if (number == 0) return sparse_inputs(batch, dropout);
    const std::size_t task = number - 1, layer = task / 3;
    if (layer == layers_.size()) {
      if (layers_.empty() || task % 3 > 1) return;
      const auto how = task % 3 == 0 ? pack : pack_transposed;
      how(parameters.dense_weights(), classes, task % 3 == 0 ? 2 * units : classes,
          task % 3 == 0 ? classes : 2 * units, lanes, task % 3 == 0 ? dense_ : dense_transposed_);
      return;
    }
    Layer& to = layers_[layer];
    if (task % 3 < 2) {
      const float* w = parameters.recurrent(layer, kDirections[task % 3]);
      pack_gates(w, 4 * units, units, units, lanes, to.recurrent[task % 3]);
      pack_transposed(w, 4 * units, 4 * units, units, lanes, to.recurrent_transposed[task % 3]);
    } else if (!shape_.reads_rows(layer)) {
      const float* w = parameters.input_weights(layer);
      const std::size_t below = shape_.layer_inputs(layer);
      for (std::size_t half = 0; half < 2; ++half) {
        pack_gates(w + half * 4 * units, shape_.gates(), below, units, lanes, to.input[half]);
      }
      pack_transposed(w, shape_.gates(), shape_.gates(), below, lanes, to.input_transposed);
    }
  };
  pool_.parallel_for(1 + 3 * (layers_.size() + 1), prepare_one);
}

// The sparse rows of all windows, with dropout where an LSTM or an embedding reads them.
void GradientPass::sparse_inputs(const TrainingBatch& batch, const DropoutOptions& options) {
  const Dropout dropout = shape_.embeds() ? feature_dropout_of(options) : dropout_of(options, 0);
  inputs_.clear();
  for (const std::size_t w : order_) {
    const WindowRows& lines = batch.windows[w];
    for (std::size_t line = lines.first_row; line < lines.first_row + lines.length; ++line) {
      inputs_.append(batch.lines.row_columns(line), batch.lines.row_values(line));
    }
  }
  const bool drops_lines =
      shape_.embeds() && std::max({options.line_rate, options.word_rate, options.form_rate}) > 0;
  if (drops_lines) drop_lines(options, batch.form, inputs_);
  if (dropout.active() && !layers_.empty()) dropout.apply(0, inputs_.values);
  if ((dropout.active() && !layers_.empty()) || drops_lines) drop_zeros(inputs_);
  transpose(inputs_, shape_.input_size, inputs_by_feature_);
  touched_.clear();
  for (std::uint32_t f = 0; shape_.embeds() && f < shape_.input_size; ++f) {
    if (inputs_by_feature_.offsets[f] < inputs_by_feature_.offsets[f + 1]) touched_.push_back(f);
  }
}

void GradientPass::embed(const Parameters& parameters) {
  const std::size_t width = shape_.embedding();
  embedded_.resize(rows_ * width);
  inverse_deviations_.resize(rows_);
  for_rows([&](std::size_t first, std::size_t count) {
    float* const rows = &embedded_[first * width];
    sparse_product(kernels_, inputs_, first, count, parameters.sparse_weights(), 0, width,
                   zeros_.data(), rows);
    layer_norm(rows, count, shape_.embedding_size, width, &inverse_deviations_[first]);
  });
}

// From outputs_gradient_, here the gradient of the normalised rows, to that of the embedding.
void GradientPass::embedding_gradient(Parameters& gradient) {
  const std::size_t width = shape_.embedding();
  for_rows([&](std::size_t first, std::size_t count) {
    layer_norm_gradient(&embedded_[first * width], &inverse_deviations_[first], count,
                        shape_.embedding_size, width, &outputs_gradient_[first * width]);
  });
  const SlicedMatrix<float> w = gradient.sparse_weights();
  const std::size_t tasks = (touched_.size() + kFeaturesOfTask - 1) / kFeaturesOfTask;
  pool_.parallel_for(tasks, [&](std::size_t task, std::size_t) {
    const std::size_t end = std::min((task + 1) * kFeaturesOfTask, touched_.size());
    for (std::size_t i = task * kFeaturesOfTask; i < end; ++i) {
      kernels_.sparse_row(inputs_by_feature_.row_columns(touched_[i]),
                          inputs_by_feature_.row_values(touched_[i]), outputs_gradient_.data(),
                          width, width, zeros_.data(), w.at(touched_[i], 0));
    }
  });
}

void GradientPass::forward_layer(const Parameters& parameters, std::size_t layer,
                                 const DropoutOptions& options) {
  const std::size_t width = shape_.gates(), below = shape_.layer_inputs(layer);
  const bool reads_rows = shape_.reads_rows(layer);
  Layer& at = layers_[layer];
  const AlignedVector<float>& source = layer == 0 ? embedded_ : layers_[layer - 1].outputs;
  const Dropout dropout = dropout_of(options, layer);
  if (!reads_rows) at.inputs.resize(rows_ * below);
  for_rows([&](std::size_t first, std::size_t count) {
    if (reads_rows) {
      sparse_product(kernels_, inputs_, first, count, parameters.sparse_weights(), 0, width,
                     parameters.bias(0), &at.activations[first * width]);
      return;
    }
    float* inputs = &at.inputs[first * below];
    std::copy_n(&source[first * below], count * below, inputs);
    if (dropout.active()) dropout.apply(first * below, {inputs, count * below});
  });
  pool_.parallel_for(2 * groups_, [&](std::size_t task, std::size_t) {
    std::vector<LstmRow> scratch;
    const std::size_t half = task % 2;
    LstmWeights<float> weights{kernels_, at.recurrent[half]};
    if (!reads_rows) {
      weights.input = &at.input[half];
      weights.x = at.inputs.data();
      weights.stride = below;
    }
    lstm_forward(direction_of(kDirections[half], group(task / 2)), weights,
                 parameters.bias(layer) + half * 4 * shape_.units(), trace_of(layer), zeros_.data(),
                 scratch);
  });
}

void GradientPass::forward_dense(const Parameters& parameters) {
  const std::size_t width = shape_.padded_classes(), below = 2 * shape_.units();
  for_rows([&](std::size_t first, std::size_t count) {
    if (layers_.empty()) {
      sparse_product(kernels_, inputs_, first, count, parameters.sparse_weights(), 0, width,
                     parameters.dense_bias(), &logits_[first * width]);
    } else {
      const float* outputs = layers_.back().outputs.data() + first * below;
      kernels_.gemm(pointers(outputs, count, below), 1, dense_, parameters.dense_bias(),
                    pointers(&logits_[first * width], count, width));
    }
    kernels_.softmax(&logits_[first * width], count, shape_.num_classes, width);
  });
}

void GradientPass::backward_dense(Parameters& gradient) {
  const std::size_t width = shape_.padded_classes();
  PackedMatrix& panel = panels_[0];
  pack(logits_gradient_.data(), width, rows_, width, kernels_.lanes(), panel);
  product_of_columns(ones_.data(), 1, 1, panel, gradient.dense_bias(), width);
  if (layers_.empty()) {
    product_of_sparse(logits_gradient_.data(), width, 0, width, gradient.sparse_weights());
    return;
  }
  const std::size_t below = 2 * shape_.units(), tasks = below / kColumnBlock;
  pool_.parallel_for(tasks, [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kColumnBlock;
    product_of_columns(layers_.back().outputs.data() + first, below, kColumnBlock, panel,
                       gradient.dense_weights() + first * width, width);
  });
  product_of_rows(logits_gradient_.data(), width, dense_transposed_, outputs_gradient_.data(),
                  below);
}

void GradientPass::backward_layer(std::size_t layer, const DropoutOptions& dropout,
                                  Parameters& gradient) {
  const std::size_t units = shape_.units();
  Layer& at = layers_[layer];
  pool_.parallel_for(2 * groups_, [&](std::size_t task, std::size_t) {
    const auto windows = group(task / 2);
    AlignedVector<float> cells_gradient(windows.size() * units);
    lstm_backward(direction_of(kDirections[task % 2], windows), at.recurrent_transposed[task % 2],
                  trace_of(layer), outputs_gradient_.data(), cells_gradient.data(), zeros_.data());
  });
  collect_previous_outputs(layer);
  weights_gradient(layer, gradient);
  if (!shape_.reads_rows(layer)) input_gradient(layer, dropout);
}

// outputs_gradient_ of the layer below, or of the embedding.
void GradientPass::input_gradient(std::size_t layer, const DropoutOptions& options) {
  const std::size_t below = shape_.layer_inputs(layer);
  product_of_rows(layers_[layer].activations.data(), shape_.gates(),
                  layers_[layer].input_transposed, outputs_gradient_.data(), below);
  const Dropout dropout = dropout_of(options, layer);
  if (!dropout.active()) return;
  for_rows([&](std::size_t first, std::size_t count) {
    dropout.apply(first * below, {&outputs_gradient_[first * below], count * below});
  });
}

// previous_outputs_: the output of the step before, for each row and direction.
void GradientPass::collect_previous_outputs(std::size_t layer) {
  const std::size_t units = shape_.units();
  const float* outputs = layers_[layer].outputs.data();
  pool_.parallel_for(windows_.size(), [&](std::size_t w, std::size_t) {
    for (std::size_t t = 0; t < windows_[w].length; ++t) {
      const std::size_t row = windows_[w].first_row + t;
      float* before = &previous_outputs_[2 * row * units];
      std::copy_n(t == 0 ? zeros_.data() : outputs + 2 * (row - 1) * units, units, before);
      const bool last = t + 1 == windows_[w].length;
      std::copy_n(last ? zeros_.data() : outputs + (2 * (row + 1) + 1) * units, units,
                  before + units);
    }
  });
}

// All gradients that the gradient of the gates has a part in, by panels of its columns.
void GradientPass::weights_gradient(std::size_t layer, Parameters& gradient) {
  const std::size_t units = shape_.units(), columns = 4 * units, gates = shape_.gates();
  const std::size_t width = std::min(columns, 4 * kernels_.lanes());
  const std::size_t panels = (columns + width - 1) / width;
  const Layer& at = layers_[layer];
  pool_.parallel_for(2 * panels, [&](std::size_t task, std::size_t thread) {
    const std::size_t half = task / panels, first = task % panels * width;
    const std::size_t in_gates = half * columns + first;
    PackedMatrix& panel = panels_[thread];
    pack(at.activations.data() + in_gates, gates, rows_, std::min(width, columns - first),
         kernels_.lanes(), panel);
    product_of_columns(ones_.data(), 1, 1, panel, gradient.bias(layer) + in_gates, gates);
    product_of_columns(previous_outputs_.data() + half * units, 2 * units, units, panel,
                       gradient.recurrent(layer, kDirections[half]) + first, columns);
    if (shape_.reads_rows(layer)) {
      product_of_sparse(panel.data.data(), panel.columns, in_gates, panel.columns,
                        gradient.sparse_weights());
      return;
    }
    const std::size_t below = shape_.layer_inputs(layer);
    product_of_columns(at.inputs.data(), below, below, panel,
                       gradient.input_weights(layer) + in_gates, gates);
  });
}

void GradientPass::product_of_columns(const float* a, std::size_t a_stride, std::size_t depth,
                                      const PackedMatrix& panel, float* w,
                                      std::size_t w_stride) const {
  kernels_.gemm(pointers(a, depth, 1), a_stride, panel, zeros_.data(),
                pointers(w, depth, w_stride));
}

// Columns first .. first + count of w, from b [rows][b_stride].
void GradientPass::product_of_sparse(const float* b, std::size_t b_stride, std::size_t first,
                                     std::size_t count, const SlicedMatrix<float>& w) const {
  for (std::size_t n = 0; n < count; n += w.slice) {
    for (std::size_t feature = 0; feature < w.rows; ++feature) {
      kernels_.sparse_row(inputs_by_feature_.row_columns(feature),
                          inputs_by_feature_.row_values(feature), b + n, b_stride,
                          std::min(w.slice, count - n), zeros_.data(), w.at(feature, first + n));
    }
  }
}

void GradientPass::for_rows(const std::function<void(std::size_t, std::size_t)>& work) {
  const std::size_t tasks = round_up((rows_ + kRowsOfTask - 1) / kRowsOfTask, pool_.size());
  pool_.parallel_for(tasks, [&](std::size_t task, std::size_t) {
    const std::size_t first = rows_ * task / tasks, end = rows_ * (task + 1) / tasks;
    if (first < end) work(first, end - first);
  });
}

void GradientPass::product_of_rows(const float* a, std::size_t a_stride, const PackedMatrix& b,
                                   float* c, std::size_t c_stride) {
  for_rows([&](std::size_t first, std::size_t count) {
    kernels_.gemm(pointers(a + first * a_stride, count, a_stride), 1, b, zeros_.data(),
                  pointers(c + first * c_stride, count, c_stride));
  });
}

LstmDirection GradientPass::direction_of(Direction direction,
                                         std::span<const WindowRows> windows) const {
  return {kernels_, shape_.units(), direction, windows};
}

LstmTrace GradientPass::trace_of(std::size_t layer) {
  Layer& at = layers_[layer];
  return {at.outputs.data(), at.cells.data(), at.activations.data()};
}

// Windows of one task of a direction: an even share.
std::span<const WindowRows> GradientPass::group(std::size_t g) const {
  const std::size_t first = windows_.size() * g / groups_;
  const std::size_t end = windows_.size() * (g + 1) / groups_;
  return std::span(windows_).subspan(first, end - first);
}

}  // namespace skol
