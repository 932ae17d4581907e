// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/round_up.h"
#include "cuda/fragments.h"
#include "device/abi.h"

namespace skol::cuda {

// Where the weights lie on the device, in floats from the start of one block; each begins at a
// multiple of 64 floats. Gates stand unit by unit there: [2 directions][units][4].
struct WeightLayout {
  struct Layer {
    std::size_t input = 0;  // [inputs][gates]; not of a first layer that reads sparse rows
    std::size_t bias = 0;   // [gates]
    std::size_t recurrent[2] = {};
  };
  explicit WeightLayout(const SkolDeviceNetwork& network);

  std::size_t sparse = 0, sparse_width = 0;
  std::size_t dense = 0, dense_bias = 0;
  std::vector<Layer> layers;
  std::size_t size = 0;
};

inline constexpr std::size_t kFloatsAligned = 64;

// Rows of [directions][4 gates][units] to rows of [directions][units][4 gates].
inline void copy_gates(const float* from, std::size_t rows, std::size_t directions,
                       std::size_t units, float* to) {
  for (std::size_t block = 0; block < rows * directions; ++block) {
    for (std::size_t gate = 0; gate < 4; ++gate) {
      for (std::size_t u = 0; u < units; ++u) to[4 * u + gate] = from[gate * units + u];
    }
    from += 4 * units;
    to += 4 * units;
  }
}

// [units][units][4] to [units / 4][units][4 quarters][4 gates].
inline void by_quarters(std::size_t units, float* matrix) {
  const std::size_t quarter = units / 4;
  const std::vector<float> rows(matrix, matrix + units * units * 4);
  for (std::size_t k = 0; k < units; ++k) {
    for (std::size_t u = 0; u < units; ++u) {
      const float* const gates = &rows[(k * units + u) * 4];
      std::copy_n(gates, 4, matrix + ((k % quarter * units + u) * 4 + k / quarter) * 4);
    }
  }
}

// Whether LSTM layers compute in bf16.
inline bool in_bf16(const SkolDeviceNetwork& network) {
  return network.precision == kSkolDeviceBf16 && network.num_layers > 0;
}

// [depth][columns] to pairs [columns][depth / 2], written over it.
inline void pack_pairs(std::size_t depth, std::size_t columns, float* matrix) {
  const std::vector<float> rows(matrix, matrix + depth * columns);
  for (std::size_t n = 0; n < columns; ++n) {
    for (std::size_t k = 0; k < depth; k += 2, ++matrix) {
      *matrix = std::bit_cast<float>(bf16_pair(rows[k * columns + n], rows[(k + 1) * columns + n]));
    }
  }
}

// [units][units][4 gates] to the RowFragments of a Bf16Recurrence, written over it:
// [units / 16 of depth][units / 8][2: gates i and f, g and o][32 lanes].
inline void pack_fragments(std::size_t units, float* matrix) {
  const std::vector<float> rows(matrix, matrix + units * units * 4);
  const auto weight = [&](std::size_t k, std::size_t unit, std::size_t gate) {
    return rows[(k * units + unit) * 4 + gate];
  };
  for (std::size_t k = 0; k < units; k += kFragmentDepth) {
    for (std::size_t unit = 0; unit < units; unit += 8) {
      for (std::size_t half = 0; half < 2; ++half) {
        for (std::size_t lane = 0; lane < kWarp; ++lane) {
          for (std::size_t i = 0; i < 4; ++i, ++matrix) {
            const std::size_t deep = k + i / 2 * 8 + 2 * (lane % 4);
            const std::size_t u = unit + lane / 4, gate = 2 * half + i % 2;
            *matrix =
                std::bit_cast<float>(bf16_pair(weight(deep, u, gate), weight(deep + 1, u, gate)));
          }
        }
      }
    }
  }
}

inline WeightLayout::WeightLayout(const SkolDeviceNetwork& network) {
  const auto take = [&](std::size_t floats) {
    const std::size_t at = size;
    size += round_up(floats, kFloatsAligned);
    return at;
  };
  const std::size_t units = network.units, gates = 8 * units, embedded = network.embedding_size;
  const bool has_layers = network.num_layers > 0;
  const std::size_t packed = in_bf16(network) ? 2 : 1;  // weights in the place of a float
  sparse_width = !has_layers ? network.padded_classes : embedded > 0 ? embedded : gates;
  sparse = take(network.input_size * sparse_width);
  for (std::size_t l = 0; l < network.num_layers; ++l) {
    Layer& layer = layers.emplace_back();
    layer.input = take(l > 0 ? 2 * units * gates / packed : embedded * gates);
    layer.bias = take(gates);
    for (std::size_t& recurrent : layer.recurrent) recurrent = take(units * units * 4 / packed);
  }
  dense = take(has_layers ? 2 * units * network.padded_classes : 0);
  dense_bias = take(network.padded_classes);
}

// The block of these weights. `stepwise`: recurrent weights as [units][units][4], for products of
// matrices; else as a Recurrence takes them: of each quarter of the outputs before, row by row,
// [units / 4][units][4 quarters][4 gates]. In bf16: as pairs, or as a Bf16Recurrence takes them.
inline std::vector<float> pack_weights(const SkolDeviceNetwork& network, const WeightLayout& layout,
                                       bool stepwise) {
  std::vector<float> block(layout.size, 0.0f);
  const bool bf16 = in_bf16(network);
  const std::size_t units = network.units, embedded = network.embedding_size;
  const auto copy = [&](const float* from, std::size_t n, std::size_t to) {
    if (from != nullptr) std::copy_n(from, n, &block[to]);
  };
  if (network.num_layers > 0 && embedded == 0) {
    copy_gates(network.sparse_weights, network.input_size, 2, units, &block[layout.sparse]);
    if (bf16) {
      const auto first = block.begin() + static_cast<std::ptrdiff_t>(layout.sparse);
      const auto count = static_cast<std::ptrdiff_t>(network.input_size * layout.sparse_width);
      std::transform(first, first + count, first, rounded_to_bf16);
    }
  } else {
    copy(network.sparse_weights, network.input_size * layout.sparse_width, layout.sparse);
  }
  for (std::size_t l = 0; l < network.num_layers; ++l) {
    const SkolDeviceLayer& from = network.layers[l];
    const WeightLayout::Layer& to = layout.layers[l];
    if (from.input_weights != nullptr) {
      const std::size_t inputs = l > 0 ? 2 * units : embedded;
      std::vector<float> matrix(inputs * 8 * units);
      copy_gates(from.input_weights, inputs, 2, units, matrix.data());
      std::size_t floats = matrix.size();
      if (bf16 && l > 0) {
        pack_pairs(inputs, 8 * units, matrix.data());
        floats /= 2;
      }
      std::copy_n(matrix.data(), floats, &block[to.input]);
    }
    copy_gates(from.bias, 1, 2, units, &block[to.bias]);
    for (std::size_t d = 0; d < 2; ++d) {
      std::vector<float> matrix(units * units * 4);
      copy_gates(from.recurrent[d], units, 1, units, matrix.data());
      if (bf16) {
        stepwise ? pack_pairs(units, 4 * units, matrix.data())
                 : pack_fragments(units, matrix.data());
      } else if (!stepwise) {
        by_quarters(units, matrix.data());
      }
      std::copy_n(matrix.data(), matrix.size() / (bf16 ? 2 : 1), &block[to.recurrent[d]]);
    }
  }
  if (network.num_layers > 0) {
    copy(network.dense_weights, 2 * units * network.padded_classes, layout.dense);
  }
  copy(network.dense_bias, network.padded_classes, layout.dense_bias);
  return block;
}

}  // namespace skol::cuda
