// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skol {

// The bytes of a model: named tensors and named strings in the safetensors layout, with a format
// version and a checksum. docs/model_format.md is the specification. What the tensors and strings
// mean is not known here.

enum class DType { kU8, kF32, kF64 };

using Shape = std::vector<std::uint64_t>;

struct Tensor {
  std::string name;  // 1 to 255 of A-Z a-z 0-9 . _ / -
  DType dtype = DType::kU8;
  Shape shape;                       // row-major; at most kMaxRank; empty for a single value
  std::span<const std::byte> bytes;  // not owned, little-endian, not necessarily aligned
};

struct Container {
  // UTF-8. The keys checksum, format and format_version are the container's own: not in here.
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;  // encode takes any order; decode gives them by name
  int version = 1;              // of the format
  // Tensors are views of memory that nobody reads again: for_each_row gives it back as it goes.
  bool read_once = false;
};

constexpr int kContainerVersion = 2;  // the newest that is read
constexpr std::size_t kMaxHeaderBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxMetadata = 1'024;
constexpr std::size_t kMaxTensors = 4'096;
constexpr std::size_t kMaxRank = 8;
constexpr std::size_t kMaxTensorName = 255;

// The bytes of `container`; equal containers give equal bytes. Error of kInternal for tensors that
// contradict themselves, of kModel for metadata that is not UTF-8 or what exceeds the limits above.
std::string encode_container(const Container& container);

// The container in `bytes`, which must outlive it: tensors are views. Error of kModel, naming what
// is wrong, for anything but the unchanged output of encode_container of this or an earlier
// version; never allocates more than a small multiple of the header present.
Container decode_container(std::string_view bytes);

// The metadata alone, from the first bytes of a model: for lists, which do not read every model
// whole (described_bytes() in skol/model.h says how many it needs). The checksum covers all bytes
// and so is not compared. Errors as of decode_container.
std::map<std::string, std::string> decode_metadata(std::string_view start);

// T is std::uint8_t, float or double throughout.

// A tensor over `values`, which must outlive it.
template <typename T>
Tensor make_tensor(std::string name, Shape shape, std::span<const T> values);

// The digits of the checksum of an encoded container.
std::string checksum_in(std::string_view encoded);

// A tensor of kU8 and one dimension over `text`, which must outlive it.
Tensor make_text_tensor(std::string name, std::string_view text);

// Error of kModel if there is none.
const Tensor& find_tensor(const Container& container, std::string_view name);

// The values of the tensor `name`. Error of kModel unless it is there, with T's dtype and this
// shape, and every value is a finite number.
template <typename T>
std::vector<T> copy_tensor(const Container& container, std::string_view name, const Shape& shape);

// The same for a tensor of one dimension, whatever its length.
template <typename T>
std::vector<T> copy_vector(const Container& container, std::string_view name);

// Calls visit(row, values) for every row of the float tensor `name`, [rows][columns]; the values
// hold until it returns. Errors as of copy_tensor, that of a number that is not finite after the
// rows before it were visited.
using VisitRow = std::function<void(std::size_t row, std::span<const float> values)>;
void for_each_row(const Container& container, std::string_view name, const Shape& shape,
                  const VisitRow& visit);

// The bytes of a tensor of kU8 and one dimension.
std::string copy_text(const Container& container, std::string_view name);

}  // namespace skol
