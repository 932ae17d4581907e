// SPDX-License-Identifier: Apache-2.0
#include "network/parameters.h"

#include <cmath>

#include "base/random.h"

namespace skol {
namespace {

const char* name_of(Direction direction) {
  return direction == Direction::kForward ? "forward" : "backward";
}

// Of the embedding's first weights. Its sums are normalised, so that their size tells how fast they
// turn, not what they are.
constexpr double kEmbeddingLimit = 0.1;

std::vector<float> uniform(std::size_t rows, std::size_t columns, double limit,
                           const CounterRandom& random) {
  std::vector<float> w(rows * columns);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = static_cast<float>((2.0 * random.uniform(i) - 1.0) * limit);
  }
  return w;
}

std::vector<float> glorot_uniform(std::size_t rows, std::size_t columns,
                                  const CounterRandom& random) {
  return uniform(rows, columns, std::sqrt(6.0 / static_cast<double>(rows + columns)), random);
}

// Orthonormal rows (rows <= columns): normal numbers, then Gram and Schmidt.
std::vector<float> orthogonal(std::size_t rows, std::size_t columns, const CounterRandom& random) {
  std::vector<double> w(rows * columns);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = random.normal(i);
  for (std::size_t r = 0; r < rows; ++r) {
    double* row = &w[r * columns];
    for (std::size_t other = 0; other < r; ++other) {
      const double* done = &w[other * columns];
      double dot = 0;
      for (std::size_t c = 0; c < columns; ++c) dot += row[c] * done[c];
      for (std::size_t c = 0; c < columns; ++c) row[c] -= dot * done[c];
    }
    double square = 0;
    for (std::size_t c = 0; c < columns; ++c) square += row[c] * row[c];
    for (std::size_t c = 0; c < columns; ++c) row[c] /= std::sqrt(square);
  }
  return {w.begin(), w.end()};
}

}  // namespace

ParameterLayout::ParameterLayout(const NetworkShape& given) : shape(given) {
  const auto take = [&](std::size_t n) {
    const std::size_t offset = size;
    size += round_up(n, kColumnBlock);
    return offset;
  };
  for (std::size_t layer = 0; layer < shape.num_layers; ++layer) {
    Layer& at = layers.emplace_back();
    at.input_weights = take(shape.layer_inputs(layer) * shape.gates());
    at.bias = take(shape.gates());
    for (std::size_t& recurrent : at.recurrent) recurrent = take(shape.units() * 4 * shape.units());
  }
  dense_weights = take(shape.dense_inputs() * shape.padded_classes());
  dense_bias = take(shape.padded_classes());
  embedding = size;
  if (shape.embeds()) take(shape.input_size * shape.embedding());
}

std::vector<PlainTensor> ParameterLayout::plain_tensors() const {
  std::vector<PlainTensor> tensors;
  const std::size_t hidden = shape.hidden_size, units = shape.units();
  for (std::size_t layer = 0; layer < shape.num_layers; ++layer) {
    const bool sparse = shape.reads_rows(layer);
    const std::size_t inputs = sparse       ? shape.input_size
                               : layer == 0 ? shape.embedding_size
                                            : 2 * hidden;
    const std::size_t block = layer == 0 ? inputs : hidden;
    for (Direction direction : kDirections) {
      const std::string name = "lstm." + std::to_string(layer) + "." + name_of(direction) + ".";
      const std::size_t first = static_cast<std::size_t>(direction) * 4 * units;
      const Layer& at = layers[layer];
      tensors.push_back({name + "input_weights", inputs, 4 * hidden, at.input_weights, first,
                         shape.layer_inputs(layer), sparse ? sparse_slice() : shape.gates(), block,
                         layer == 0 ? shape.layer_inputs(0) : units, hidden, units});
      tensors.push_back({name + "recurrent_weights", hidden, 4 * hidden,
                         at.recurrent[static_cast<std::size_t>(direction)], 0, units, 4 * units,
                         hidden, units, hidden, units});
      tensors.push_back(
          {name + "bias", 1, 4 * hidden, at.bias, first, 1, shape.gates(), 1, 1, hidden, units});
    }
  }
  const bool sparse = shape.num_layers == 0;
  const std::size_t inputs = sparse ? shape.input_size : 2 * hidden, classes = shape.num_classes;
  tensors.push_back({"dense.weights", inputs, classes, dense_weights, 0, shape.dense_inputs(),
                     sparse ? sparse_slice() : shape.padded_classes(), sparse ? inputs : hidden,
                     sparse ? inputs : units, classes, classes});
  tensors.push_back(
      {"dense.bias", 1, classes, dense_bias, 0, 1, shape.padded_classes(), 1, 1, classes, classes});
  if (shape.embeds()) {
    const std::size_t width = shape.embedding_size;
    tensors.push_back({"embedding.weights", shape.input_size, width, embedding, 0, shape.input_size,
                       shape.embedding(), shape.input_size, shape.input_size, width, width});
  }
  return tensors;
}

std::vector<float> Parameters::to_plain(const PlainTensor& tensor) const {
  std::vector<float> plain(tensor.rows * tensor.columns);
  for (std::size_t r = 0; r < tensor.rows; ++r) {
    for (std::size_t c = 0, run; c < tensor.columns; c += run) {
      run = tensor.run(c);
      std::copy_n(&values_[tensor.index(r, c)], run, &plain[r * tensor.columns + c]);
    }
  }
  return plain;
}

void Parameters::from_plain(const PlainTensor& tensor, std::span<const float> plain) {
  for (std::size_t r = 0; r < tensor.rows; ++r) {
    set_row(tensor, r, plain.subspan(r * tensor.columns, tensor.columns));
  }
}

Parameters Parameters::to_be_set(const NetworkShape& shape) {
  Parameters parameters(shape, ParameterLayout(shape).size);
  // set_row does not write what a row is padded with.
  const bool padded = shape.embeds() && shape.embedding() != shape.embedding_size;
  std::ranges::fill(padded ? parameters.values() : parameters.core_values(), 0.0f);
  return parameters;
}

void Parameters::set_row(const PlainTensor& tensor, std::size_t row, std::span<const float> plain) {
  for (std::size_t c = 0, run; c < tensor.columns; c += run) {
    run = tensor.run(c);
    std::copy_n(&plain[c], run, &values_[tensor.index(row, c)]);
  }
}

Parameters initial_parameters(const NetworkShape& shape, std::uint64_t seed) {
  Parameters parameters(shape);
  std::uint64_t stream = 0;
  for (const PlainTensor& tensor : parameters.plain_tensors()) {
    const CounterRandom random(seed, stream++);
    std::vector<float> plain(tensor.rows * tensor.columns, 0.0f);
    if (tensor.name == "embedding.weights") {
      plain = uniform(tensor.rows, tensor.columns, kEmbeddingLimit, random);
    } else if (tensor.name.ends_with("recurrent_weights")) {
      plain = orthogonal(tensor.rows, tensor.columns, random);
    } else if (!tensor.name.ends_with("bias")) {
      plain = glorot_uniform(tensor.rows, tensor.columns, random);
    } else if (tensor.name != "dense.bias") {
      for (std::size_t u = 0; u < shape.hidden_size; ++u) plain[shape.hidden_size + u] = 1.0f;
    }
    parameters.from_plain(tensor, plain);
  }
  return parameters;
}

}  // namespace skol
