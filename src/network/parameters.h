// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/aligned_vector.h"
#include "network/shape.h"

namespace skol {

// Weights that sparse rows are multiplied with, [rows][columns], cut into slices of neighbouring
// columns, each [rows][slice] and contiguous: the rows that a line names are gathered from a slice
// small enough for the second-level cache, and do not all fall on the same few sets of it.
template <class T>
struct SlicedMatrix {
  T* data;
  std::size_t rows, columns, slice;  // slice divides columns

  T* at(std::size_t row, std::size_t column) const {
    return data + (column / slice * rows + row) * slice + column % slice;
  }
};

// Where a weight tensor of the plain, unpadded form (of files and of other engines) lies in
// Parameters. Plain tensors are row-major; gates stand in the order i, f, g, o.
struct PlainTensor {
  std::string name;  // lstm.0.forward.input_weights, ..., dense.bias
  std::size_t rows, columns;
  std::size_t offset;  // of the padded matrix, which it may share with the other direction
  std::size_t first_column = 0;
  std::size_t padded_rows = 1, slice = 0;  // as in SlicedMatrix; slice = all columns: not cut
  // Rows and columns come in blocks (directions, gates) that are padded one by one.
  std::size_t row_block = 1, row_block_padded = 1, column_block = 1, column_block_padded = 1;

  std::size_t index(std::size_t row, std::size_t column) const {
    const std::size_t r = row / row_block * row_block_padded + row % row_block;
    const std::size_t c =
        first_column + column / column_block * column_block_padded + column % column_block;
    return offset + (c / slice * padded_rows + r) * slice + c % slice;
  }
  // How many values from `column` on lie side by side.
  std::size_t run(std::size_t column) const {
    const std::size_t c =
        first_column + column / column_block * column_block_padded + column % column_block;
    return std::min({columns - column, column_block - column % column_block, slice - c % slice});
  }
};

// Where the weights of a network of this shape lie in one array.
struct ParameterLayout {
  struct Layer {
    std::size_t input_weights, bias, recurrent[2];
  };
  explicit ParameterLayout(const NetworkShape& shape);
  std::vector<PlainTensor> plain_tensors() const;
  template <class T>
  SlicedMatrix<T> sparse(T* values) const {
    if (shape.embeds()) {
      return {values + embedding, shape.input_size, shape.embedding(), shape.embedding()};
    }
    return {values + (layers.empty() ? dense_weights : layers[0].input_weights), shape.input_size,
            layers.empty() ? shape.padded_classes() : shape.gates(), sparse_slice()};
  }
  // 128 columns of 1000 rows are 512 KiB, half of a second-level cache of today; narrower slices
  // name every entry more often. A slice holds columns
  // of one direction: 64 divides any 4 gates; 16, any number of padded classes.
  std::size_t sparse_slice() const {
    if (layers.empty()) return kColumnBlock;
    return 4 * shape.units() % (8 * kColumnBlock) == 0 ? 8 * kColumnBlock : 4 * kColumnBlock;
  }

  NetworkShape shape;
  std::vector<Layer> layers;
  std::size_t dense_weights = 0, dense_bias = 0;
  std::size_t embedding = 0;  // behind all others, to the end
  std::size_t size = 0;
};

// All weights of a network (or their gradient, or a moment of Adam) in one array; a value type.
class Parameters {
 public:
  explicit Parameters(const NetworkShape& shape) : layout_(shape), values_(layout_.size, 0.0f) {}
  // Those of a model that is read: rows of the embedding have no value before set_row, so that
  // their memory is first touched there.
  static Parameters to_be_set(const NetworkShape& shape);

  const NetworkShape& shape() const { return layout_.shape; }
  std::span<float> values() { return values_; }
  std::span<const float> values() const { return values_; }

  // All but the embedding, of which a training step touches few rows.
  std::span<float> core_values() { return values().first(layout_.embedding); }
  std::span<const float> core_values() const { return values().first(layout_.embedding); }

  // The matrix that sparse rows are multiplied with: the embedding [input_size][embedding], else
  // the input weights of layer 0, [input_size][2 directions][4 gates][units], or without layers the
  // dense weights.
  SlicedMatrix<float> sparse_weights() { return layout_.sparse(values_.data()); }
  SlicedMatrix<const float> sparse_weights() const { return layout_.sparse(values_.data()); }
  // [layer_inputs][2 directions][4 gates][units], layer >= 1, or 0 behind an embedding
  float* input_weights(std::size_t layer) { return &values_[layout_.layers[layer].input_weights]; }
  const float* input_weights(std::size_t layer) const {
    return &values_[layout_.layers[layer].input_weights];
  }
  // [2 directions][4 gates][units]
  float* bias(std::size_t layer) { return &values_[layout_.layers[layer].bias]; }
  const float* bias(std::size_t layer) const { return &values_[layout_.layers[layer].bias]; }
  // [units][4 gates][units]
  float* recurrent(std::size_t layer, Direction direction) {
    return &values_[layout_.layers[layer].recurrent[static_cast<std::size_t>(direction)]];
  }
  const float* recurrent(std::size_t layer, Direction direction) const {
    return &values_[layout_.layers[layer].recurrent[static_cast<std::size_t>(direction)]];
  }
  // [dense_inputs][padded_classes], where there are layers, and [padded_classes]
  float* dense_weights() { return &values_[layout_.dense_weights]; }
  const float* dense_weights() const { return &values_[layout_.dense_weights]; }
  float* dense_bias() { return &values_[layout_.dense_bias]; }
  const float* dense_bias() const { return &values_[layout_.dense_bias]; }

  std::vector<PlainTensor> plain_tensors() const { return layout_.plain_tensors(); }
  std::vector<float> to_plain(const PlainTensor& tensor) const;
  // plain.size() == tensor.rows * tensor.columns.
  void from_plain(const PlainTensor& tensor, std::span<const float> plain);
  // One row of it: plain.size() == tensor.columns.
  void set_row(const PlainTensor& tensor, std::size_t row, std::span<const float> plain);

 private:
  using Values = std::vector<float, UnsetAllocator<float>>;
  Parameters(const NetworkShape& shape, std::size_t size) : layout_(shape), values_(size) {}

  ParameterLayout layout_;
  Values values_;
};

// Kernels by Glorot and Bengio 2010 (uniform), recurrent weights orthogonal (Saxe et al. 2014),
// biases 0 but for the forget gate's 1 (Jozefowicz et al. 2015): Keras' defaults.
Parameters initial_parameters(const NetworkShape& shape, std::uint64_t seed);

}  // namespace skol
