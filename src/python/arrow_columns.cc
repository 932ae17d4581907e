// SPDX-License-Identifier: Apache-2.0
#include "python/arrow_columns.h"

#include <algorithm>

#include "base/fail.h"

namespace nb = nanobind;

namespace skol {

TextColumn ArrowColumns::text(const PyTextColumn& column) {
  const auto& [validity, ends, data, first] = column;
  TextColumn out;
  out.valid = bitmap(validity, first);
  if (rows_ == 0) return out;
  out.offsets = offsets(ends, first);
  // A column of nothing but empty texts may have no data.
  if (out.offsets[rows_] > 0) {
    const auto bytes = static_cast<std::size_t>(out.offsets[rows_]);
    out.bytes = static_cast<const char*>(view(data, bytes).data());
  }
  return out;
}

NumberColumn ArrowColumns::numbers(const PyNumberColumn& column) {
  const auto& [validity, values, first] = column;
  NumberColumn out;
  out.valid = bitmap(validity, first);
  if (rows_ == 0) return out;
  const BufferView& buffer = view(values, (first + rows_) * sizeof(std::int64_t));
  out.values = static_cast<const std::int64_t*>(buffer.data()) + first;
  return out;
}

VectorColumn ArrowColumns::vectors(const PyVectorColumn& column) {
  const auto& [validity, first, types, sizes, index_ends, indices, value_ends, values] = column;
  VectorColumn out;
  out.valid = bitmap(validity, first);
  if (rows_ == 0) return out;
  out.types = static_cast<const std::int8_t*>(view(types, rows_).data());
  out.sizes = static_cast<const std::int32_t*>(view(sizes, rows_ * sizeof(std::int32_t)).data());
  out.index_offsets = offsets(index_ends, 0);
  out.value_offsets = offsets(value_ends, 0);
  const auto index_count = static_cast<std::size_t>(out.index_offsets[rows_]);
  const auto value_count = static_cast<std::size_t>(out.value_offsets[rows_]);
  out.indices =
      static_cast<const std::int32_t*>(view(indices, index_count * sizeof(std::int32_t)).data());
  out.values = static_cast<const double*>(view(values, value_count * sizeof(double)).data());
  return out;
}

ValidityBitmap ArrowColumns::bitmap(const nb::object& validity, std::size_t first) {
  if (validity.is_none()) return {};
  const BufferView& bits = view(validity, (first + rows_ + 7) / 8);
  return {static_cast<const std::uint8_t*>(bits.data()), first};
}

const std::int32_t* ArrowColumns::offsets(const nb::object& object, std::size_t first) {
  const BufferView& buffer = view(object, (first + rows_ + 1) * sizeof(std::int32_t));
  const std::int32_t* ends = static_cast<const std::int32_t*>(buffer.data()) + first;
  if (ends[0] < 0 || !std::is_sorted(ends, ends + rows_ + 1)) {
    fail(ErrorKind::kInput, "offsets of a column do not ascend");
  }
  return ends;
}

const BufferView& ArrowColumns::view(const nb::object& object, std::size_t least) {
  const BufferView& buffer = views_.emplace_back(object);
  if (buffer.size() < least) {
    fail(ErrorKind::kInput, "a column's buffer has {} bytes: expected at least {}", buffer.size(),
         least);
  }
  return buffer;
}

}  // namespace skol
