// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skol {

// A sparse matrix by rows (CSR). Row r is columns[offsets[r] .. offsets[r + 1]) with values beside
// them; columns ascend within a row and no value is 0. Plain data: as thread-safe as its vectors.
struct SparseRows {
  std::vector<std::size_t> offsets{0};  // size() + 1 of them, ascending
  std::vector<std::uint32_t> columns;
  std::vector<float> values;

  std::size_t size() const { return offsets.size() - 1; }
  std::size_t entries() const { return offsets.back(); }

  std::span<const std::uint32_t> row_columns(std::size_t row) const {
    return std::span(columns).subspan(offsets[row], offsets[row + 1] - offsets[row]);
  }
  std::span<const float> row_values(std::size_t row) const {
    return std::span(values).subspan(offsets[row], offsets[row + 1] - offsets[row]);
  }

  // Adds a row; both spans have the same length and lie outside this object. A row exists once its
  // offset is pushed: where memory runs out before, the rows are as they were, and the next call
  // drops what the failed one left behind.
  void append(std::span<const std::uint32_t> row_columns, std::span<const float> row_values) {
    columns.resize(entries());
    values.resize(entries());
    columns.insert(columns.end(), row_columns.begin(), row_columns.end());
    values.insert(values.end(), row_values.begin(), row_values.end());
    offsets.push_back(columns.size());
  }

  // Adds a row of ones, as append() does.
  void append_ones(std::span<const std::uint32_t> row_columns) {
    columns.resize(entries());
    columns.insert(columns.end(), row_columns.begin(), row_columns.end());
    values.resize(entries());
    values.resize(columns.size(), 1.0f);
    offsets.push_back(columns.size());
  }

  // Empties the rows and keeps their memory for the next ones.
  void clear() {
    offsets.resize(1);
    columns.clear();
    values.clear();
  }
};

}  // namespace skol
