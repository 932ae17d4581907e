// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/aligned_vector.h"

namespace skol {

// Rows of output columns are padded to this many, so that one vector of any SIMD target (16 floats
// is the widest) divides them and results do not depend on the target.
inline constexpr std::size_t kColumnBlock = 16;

// A matrix [depth][columns] cut into panels of neighbouring columns, each [depth][width] and
// contiguous, in the order in which a kernel reads it. Panels are 4 vectors wide while columns
// last, then 2, then 1 (a vector is `lanes` floats). columns is a multiple of kColumnBlock.
struct PackedMatrix {
  std::size_t depth = 0;
  std::size_t columns = 0;
  std::size_t lanes = 1;
  std::size_t units = 0;  // of pack_gates; 0: columns lie in order
  AlignedVector<float> data;

  static std::size_t panel_width(std::size_t columns_left, std::size_t lanes) {
    return (columns_left >= 4 * lanes ? 4 : columns_left >= 2 * lanes ? 2 : 1) * lanes;
  }
  // Panels begin where their columns' share of the data begins.
  const float* panel(std::size_t first_column) const { return data.data() + depth * first_column; }
  // Which column of the matrix a panel begins with, and how far its vectors are from each other.
  std::size_t first_column(std::size_t panel) const { return units == 0 ? panel : panel / 4; }
  std::size_t vector_step() const { return units == 0 ? lanes : units; }
};

// Packs w [depth][columns] whose rows are `stride` floats apart.
void pack(const float* w, std::size_t stride, std::size_t depth, std::size_t columns,
          std::size_t lanes, PackedMatrix& packed);

// Packs the transpose of w [columns][depth].
void pack_transposed(const float* w, std::size_t stride, std::size_t depth, std::size_t columns,
                     std::size_t lanes, PackedMatrix& packed);

// Packs weights w [depth][4 * units] of gates, columns by gate i, f, g, o, rows `stride` floats
// apart, such that a panel holds the four gates of the same `lanes` units side by side.
void pack_gates(const float* w, std::size_t stride, std::size_t depth, std::size_t units,
                std::size_t lanes, PackedMatrix& packed);

}  // namespace skol
