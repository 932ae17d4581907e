// SPDX-License-Identifier: Apache-2.0
#include "device/network_description.h"

#include <algorithm>

namespace skol {

SkolDeviceNetwork network_sizes(const NetworkShape& shape) {
  SkolDeviceNetwork sizes = {};
  sizes.input_size = shape.input_size;
  sizes.units = shape.units();
  sizes.num_layers = shape.num_layers;
  sizes.num_classes = shape.num_classes;
  sizes.padded_classes = shape.padded_classes();
  return sizes;
}

NetworkDescription::NetworkDescription(const Parameters& parameters)
    : network_(network_sizes(parameters.shape())) {
  const SlicedMatrix<const float> sparse = parameters.sparse_weights();
  sparse_weights_.resize(sparse.rows * sparse.columns);
  for (std::size_t row = 0; row < sparse.rows; ++row) {
    for (std::size_t column = 0; column < sparse.columns; column += sparse.slice) {
      std::copy_n(sparse.at(row, column), sparse.slice,
                  &sparse_weights_[row * sparse.columns + column]);
    }
  }
  const NetworkShape& shape = parameters.shape();
  for (std::size_t layer = 0; layer < shape.num_layers; ++layer) {
    layers_.push_back({layer == 0 ? nullptr : parameters.input_weights(layer),
                       parameters.bias(layer),
                       {parameters.recurrent(layer, Direction::kForward),
                        parameters.recurrent(layer, Direction::kBackward)}});
  }
  network_.sparse_weights = sparse_weights_.data();
  network_.layers = layers_.data();
  network_.dense_weights = shape.num_layers > 0 ? parameters.dense_weights() : nullptr;
  network_.dense_bias = parameters.dense_bias();
}

}  // namespace skol
