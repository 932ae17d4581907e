// SPDX-License-Identifier: Apache-2.0
#include "kernels/packed_matrix.h"

#include <algorithm>

namespace skol {
namespace {

void reshape(std::size_t depth, std::size_t columns, std::size_t lanes, PackedMatrix& packed) {
  packed.depth = depth;
  packed.columns = columns;
  packed.lanes = lanes;
  packed.units = 0;
  packed.data.resize(depth * columns);
}

}  // namespace

void pack(const float* w, std::size_t stride, std::size_t depth, std::size_t columns,
          std::size_t lanes, PackedMatrix& packed) {
  reshape(depth, columns, lanes, packed);
  float* out = packed.data.data();
  for (std::size_t c = 0, width; c < columns; c += width) {
    width = PackedMatrix::panel_width(columns - c, lanes);
    for (std::size_t k = 0; k < depth; ++k) out = std::copy_n(w + k * stride + c, width, out);
  }
}

void pack_transposed(const float* w, std::size_t stride, std::size_t depth, std::size_t columns,
                     std::size_t lanes, PackedMatrix& packed) {
  reshape(depth, columns, lanes, packed);
  float* panel = packed.data.data();
  for (std::size_t c = 0, width; c < columns; c += width, panel += depth * width) {
    width = PackedMatrix::panel_width(columns - c, lanes);
    for (std::size_t j = 0; j < width; ++j) {
      const float* row = w + (c + j) * stride;
      for (std::size_t k = 0; k < depth; ++k) panel[k * width + j] = row[k];
    }
  }
}

void pack_gates(const float* w, std::size_t stride, std::size_t depth, std::size_t units,
                std::size_t lanes, PackedMatrix& packed) {
  reshape(depth, 4 * units, lanes, packed);
  packed.units = units;
  float* out = packed.data.data();
  for (std::size_t u = 0; u < units; u += lanes) {
    for (std::size_t k = 0; k < depth; ++k) {
      for (std::size_t gate = 0; gate < 4; ++gate) {
        out = std::copy_n(w + k * stride + gate * units + u, lanes, out);
      }
    }
  }
}

}  // namespace skol
