// SPDX-License-Identifier: Apache-2.0
#include "device/network_description.h"

#include <algorithm>
#include <utility>

#include "network/layer_norm.h"

namespace skol {
namespace {

// Between the rows and the first layer.
void set_embedding(const NetworkShape& shape, SkolDeviceNetwork& sizes) {
  if (!shape.embeds()) return;
  sizes.embedding_size = shape.embedding();
  sizes.normalized_size = shape.embedding_size;
  sizes.normalization_epsilon = kLayerNormEpsilon;
}

}  // namespace

SkolDeviceNetwork network_sizes(const NetworkShape& shape) {
  SkolDeviceNetwork sizes = {};
  sizes.input_size = shape.input_size;
  sizes.units = shape.units();
  sizes.num_layers = shape.num_layers;
  sizes.num_classes = shape.num_classes;
  sizes.padded_classes = shape.padded_classes();
  set_embedding(shape, sizes);
  return sizes;
}

NetworkDescription::NetworkDescription(const Parameters& parameters, SkolDevicePrecision precision)
    : network_(network_sizes(parameters.shape())) {
  network_.precision = precision;
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
    const bool takes_rows = layer == 0 && network_.embedding_size == 0;
    layers_.push_back({takes_rows ? nullptr : parameters.input_weights(layer),
                       parameters.bias(layer),
                       {parameters.recurrent(layer, Direction::kForward),
                        parameters.recurrent(layer, Direction::kBackward)}});
  }
  network_.sparse_weights = sparse_weights_.data();
  network_.layers = layers_.data();
  network_.dense_weights = shape.num_layers > 0 ? parameters.dense_weights() : nullptr;
  network_.dense_bias = parameters.dense_bias();
}

void NetworkDescription::copy_to(float* values) {
  visit_arrays(network_, layers_.data(),
               [&](const float* from, std::uint64_t n) { values = std::copy_n(from, n, values); });
}

std::uint64_t OwnedNetwork::floats(const SkolDeviceNetwork& sizes) {
  // Far beyond any network; the sums of their products stay below 2^63.
  constexpr std::uint64_t kMostInputs = 1u << 28, kMostUnits = 1u << 15, kMostLayers = 64,
                          kMostClasses = 1u << 16;
  if (sizes.input_size == 0 || sizes.input_size > kMostInputs || sizes.units > kMostUnits ||
      sizes.num_layers > kMostLayers || sizes.num_classes == 0 ||
      sizes.padded_classes > kMostClasses || sizes.num_classes > sizes.padded_classes ||
      sizes.embedding_size > kMostUnits || sizes.normalized_size > sizes.embedding_size ||
      sizes.embedding_size % kColumnBlock != 0 || sizes.units % kColumnBlock != 0 ||
      sizes.padded_classes % kColumnBlock != 0 || sizes.precision > kSkolDeviceBf16 ||
      (sizes.num_layers > 0 && sizes.units == 0)) {
    return 0;
  }
  std::uint64_t all = 0;
  SkolDeviceNetwork network = sizes;
  std::vector<SkolDeviceLayer> layers(sizes.num_layers);
  visit_arrays(network, layers.data(), [&](const float*, std::uint64_t n) { all += n; });
  return all;
}

OwnedNetwork::OwnedNetwork(const SkolDeviceNetwork& sizes, std::vector<float> values)
    : values_(std::move(values)), layers_(sizes.num_layers), network_(sizes) {
  const float* at = values_.data();
  visit_arrays(network_, layers_.data(), [&](const float*& array, std::uint64_t n) {
    array = at;
    at += n;
  });
  network_.layers = layers_.data();
}

Parameters OwnedNetwork::parameters() const {
  NetworkShape shape;
  shape.input_size = network_.input_size;
  shape.hidden_size = network_.units;
  shape.num_layers = network_.num_layers;
  shape.num_classes = network_.num_classes;
  shape.embedding_size = network_.normalized_size;
  Parameters parameters(shape);
  const SlicedMatrix<float> sparse = parameters.sparse_weights();
  for (std::size_t row = 0; row < sparse.rows; ++row) {
    for (std::size_t column = 0; column < sparse.columns; column += sparse.slice) {
      std::copy_n(network_.sparse_weights + row * sparse.columns + column, sparse.slice,
                  sparse.at(row, column));
    }
  }
  const std::uint64_t units = network_.units, gates = 8 * units;
  for (std::size_t l = 0; l < network_.num_layers; ++l) {
    const SkolDeviceLayer& layer = layers_[l];
    const std::uint64_t inputs = l > 0 ? 2 * units : network_.embedding_size;
    if (inputs > 0) std::copy_n(layer.input_weights, inputs * gates, parameters.input_weights(l));
    std::copy_n(layer.bias, gates, parameters.bias(l));
    for (const Direction direction : kDirections) {
      std::copy_n(layer.recurrent[static_cast<std::size_t>(direction)], units * 4 * units,
                  parameters.recurrent(l, direction));
    }
  }
  if (network_.num_layers > 0) {
    std::copy_n(network_.dense_weights, 2 * units * network_.padded_classes,
                parameters.dense_weights());
  }
  std::copy_n(network_.dense_bias, network_.padded_classes, parameters.dense_bias());
  return parameters;
}

}  // namespace skol
