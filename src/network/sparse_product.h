// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/sparse_rows.h"
#include "kernels/kernels.h"
#include "network/parameters.h"

namespace skol {

// out[r][n] = start[n] + sum of entries of rows[first + r] times w, r in [0, count), for `width`
// columns n from first_column on; the rows of out begin there and are w.columns apart. Slice by
// slice of w.
template <class Backend, class T>
void sparse_product(const Backend& kernels, const SparseRows& rows, std::size_t first,
                    std::size_t count, const SlicedMatrix<const T>& w, std::size_t first_column,
                    std::size_t width, const float* start, float* out) {
  for (std::size_t n = first_column; n < first_column + width; n += w.slice) {
    for (std::size_t r = 0; r < count; ++r) {
      kernels.sparse_row(rows.row_columns(first + r), rows.row_values(first + r), w.at(0, n),
                         w.slice, w.slice, start + n, out + r * w.columns + n - first_column);
    }
  }
}

}  // namespace skol
