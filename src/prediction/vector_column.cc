// SPDX-License-Identifier: Apache-2.0
#include "prediction/vector_column.h"

#include <cmath>
#include <span>

#include "base/fail.h"

namespace skol {
namespace {

template <class T>
std::span<const T> part(const std::int32_t* offsets, const T* values, std::size_t row) {
  return {values + offsets[row], static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
}

void append_value(std::size_t column, double value, VectorScratch& scratch) {
  const auto narrow = static_cast<float>(value);
  if (!std::isfinite(narrow)) {
    fail(ErrorKind::kInput, "the features have {} in column {}: expected a finite float32", value,
         column);
  }
  if (narrow == 0) return;
  scratch.columns.push_back(static_cast<std::uint32_t>(column));
  scratch.values.push_back(narrow);
}

void check_width(std::int64_t found, std::size_t width) {
  if (found == static_cast<std::int64_t>(width)) return;
  fail(ErrorKind::kInput, "the features are a vector of {} columns: expected {}", found, width);
}

void append_sparse(std::span<const std::int32_t> indices, std::span<const double> values,
                   std::size_t width, VectorScratch& scratch) {
  if (indices.size() != values.size()) {
    fail(ErrorKind::kInput, "the features have {} indices for {} values: expected one each",
         indices.size(), values.size());
  }
  std::int64_t before = -1;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::int64_t column = indices[i];
    if (column <= before || column >= static_cast<std::int64_t>(width)) {
      fail(ErrorKind::kInput,
           "the features have index {} after {}: expected ascending indices below {}", column,
           before, width);
    }
    append_value(static_cast<std::size_t>(column), values[i], scratch);
    before = column;
  }
}

}  // namespace

void append_vector(const VectorColumn& vectors, std::size_t row, std::size_t width,
                   VectorScratch& scratch, SparseRows& rows) {
  if (!vectors.valid[row]) {
    fail(ErrorKind::kInput, "the features are null: expected a vector for every line with text");
  }
  scratch.columns.clear();
  scratch.values.clear();
  const std::span<const double> values = part(vectors.value_offsets, vectors.values, row);
  if (vectors.types[row] == VectorColumn::kSparse) {
    check_width(vectors.sizes[row], width);
    append_sparse(part(vectors.index_offsets, vectors.indices, row), values, width, scratch);
  } else if (vectors.types[row] == VectorColumn::kDense) {
    check_width(static_cast<std::int64_t>(values.size()), width);
    for (std::size_t column = 0; column < width; ++column) {
      append_value(column, values[column], scratch);
    }
  } else {
    fail(ErrorKind::kInput, "the features are a vector of type {}: expected {}, sparse, or {}",
         vectors.types[row], VectorColumn::kSparse, VectorColumn::kDense);
  }
  rows.append(scratch.columns, scratch.values);
}

}  // namespace skol
