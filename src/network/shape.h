// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/round_up.h"
#include "kernels/packed_matrix.h"

namespace skol {

// The two directions of a bidirectional layer; also their index in every array that holds both.
enum class Direction : std::size_t { kForward = 0, kBackward = 1 };
inline constexpr Direction kDirections[] = {Direction::kForward, Direction::kBackward};

// What fixes the architecture. num_layers 0 is a logistic regression on the sparse row.
struct NetworkShape {
  std::size_t input_size = 0;
  std::size_t hidden_size = 128;
  std::size_t num_layers = 2;
  std::size_t num_classes = 3;
  // Values to which layer 0 reads a sparse row summed up and normalised; 0: it reads the row.
  std::size_t embedding_size = 0;

  // In memory, units and classes are padded to whole vectors. Padded weights are zero and stay zero
  // in training, padded units are zero, padded classes are left out of the softmax.
  std::size_t units() const { return round_up(hidden_size, kColumnBlock); }
  std::size_t padded_classes() const { return round_up(num_classes, kColumnBlock); }
  bool embeds() const { return embedding_size > 0 && num_layers > 0; }
  std::size_t embedding() const { return round_up(embedding_size, kColumnBlock); }
  // Whether this layer, or without layers the dense one, reads the sparse rows themselves.
  bool reads_rows(std::size_t layer) const { return layer == 0 && !embeds(); }
  // Values of one line that layer `layer` reads, both directions of the layer below side by side.
  std::size_t layer_inputs(std::size_t layer) const {
    if (layer > 0) return 2 * units();
    return embeds() ? embedding() : input_size;
  }
  std::size_t dense_inputs() const { return layer_inputs(num_layers); }
  // Gate values of one line: 4 gates of both directions.
  std::size_t gates() const { return 8 * units(); }

  bool operator==(const NetworkShape&) const = default;
};

}  // namespace skol
