// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/sparse_rows.h"
#include "prediction/line_rows.h"

namespace skol {

// What one thread needs to read vectors, kept so that no vector allocates.
struct VectorScratch {
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
};

// Adds row `row` of the column in float32, zeros left out. Error kInput for a null, a vector of
// other than `width` columns, indices that do not ascend within it, a value that is not finite.
void append_vector(const VectorColumn& vectors, std::size_t row, std::size_t width,
                   VectorScratch& scratch, SparseRows& rows);

}  // namespace skol
