// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace skol {

// Columns as Apache Arrow keeps them in memory
// (https://arrow.apache.org/docs/format/Columnar.html): views, valid during the call they are given
// to. `first` is where the array begins.
struct ValidityBitmap {
  const std::uint8_t* bits = nullptr;  // nullptr: no value is null
  std::size_t first = 0;
  bool operator[](std::size_t i) const {
    return bits == nullptr || (bits[(first + i) / 8] >> ((first + i) % 8) & 1) != 0;
  }
};

struct TextColumn {
  ValidityBitmap valid;
  const std::int32_t* offsets = nullptr;  // of `first` on, one more than there are rows
  const char* bytes = nullptr;
  std::string_view operator[](std::size_t i) const {
    return {bytes + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i])};
  }
};

struct NumberColumn {
  ValidityBitmap valid;
  const std::int64_t* values = nullptr;  // of `first` on
  std::int64_t operator[](std::size_t i) const { return values[i]; }
};

// Vectors as Spark ML keeps them, a struct of type, size, indices and values; each of `first` on.
// A sparse one has its columns in `indices`, a dense one has neither size nor indices.
struct VectorColumn {
  static constexpr std::int8_t kSparse = 0, kDense = 1;
  ValidityBitmap valid;
  const std::int8_t* types = nullptr;
  const std::int32_t* sizes = nullptr;
  const std::int32_t* index_offsets = nullptr;  // one more than there are rows; so, too, below
  const std::int32_t* indices = nullptr;
  const std::int32_t* value_offsets = nullptr;
  const double* values = nullptr;
};

// A table of lines. A document is a (doc_id, attachment_name).
struct LineRows {
  std::size_t size = 0;
  TextColumn doc_id;
  std::optional<TextColumn> attachment_name = std::nullopt;
  NumberColumn line_number;
  // Null: an empty line. Without it nothing is known of the text, and every line is labelled.
  std::optional<TextColumn> value = std::nullopt;
  std::optional<VectorColumn> features = std::nullopt;
  std::optional<NumberColumn> label = std::nullopt;  // an index; null: no label
};

}  // namespace skol
