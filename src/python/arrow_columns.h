// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nanobind/nanobind.h>

#include <cstddef>
#include <deque>
#include <tuple>

#include "prediction/line_rows.h"
#include "python/bindings.h"

namespace skol {

// validity bitmap or None, offsets, data, offset of the array
using PyTextColumn = std::tuple<nanobind::object, nanobind::object, nanobind::object, std::size_t>;
// validity bitmap or None, values, offset of the array
using PyNumberColumn = std::tuple<nanobind::object, nanobind::object, std::size_t>;
// validity bitmap or None and the offset of the array in it; types, sizes, offsets of the indices,
// indices, offsets of the values, values, each from the array's first row on
using PyVectorColumn =
    std::tuple<nanobind::object, std::size_t, nanobind::object, nanobind::object, nanobind::object,
               nanobind::object, nanobind::object, nanobind::object>;

// The buffers of a call's columns, checked against the number of rows. To be made and destroyed
// with the GIL; the columns are valid until then.
class ArrowColumns {
 public:
  explicit ArrowColumns(std::size_t rows) : rows_(rows) {}

  TextColumn text(const PyTextColumn& column);
  NumberColumn numbers(const PyNumberColumn& column);
  VectorColumn vectors(const PyVectorColumn& column);

 private:
  ValidityBitmap bitmap(const nanobind::object& validity, std::size_t first);
  // One more than there are rows, of `first` on.
  const std::int32_t* offsets(const nanobind::object& object, std::size_t first);
  const BufferView& view(const nanobind::object& object, std::size_t least);

  std::size_t rows_;
  std::deque<BufferView> views_;  // references to its elements stay
};

}  // namespace skol
