// SPDX-License-Identifier: Apache-2.0
#include "model/container.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "base/fail.h"
#include "base/huge_pages.h"
#include "base/in_quotes.h"
#include "model/container_header.h"
#include "model/foreign_format.h"
#include "skol/model.h"

namespace skol {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are copied as they lie");

constexpr std::size_t kLengthBytes = 8;  // of the header's length, little-endian
// Data start at a multiple of this, which also keeps the first byte of a container away from those
// of gzip, zip, pickle and the rest.
constexpr std::size_t kDataAlignment = 64;
constexpr std::size_t kChecksumAt = kLengthBytes + kHeaderStart.size();
constexpr std::size_t kVersionAt = kChecksumAt + kChecksumDigits + kHeaderFormat.size();
constexpr std::size_t kMaxVersionDigits = 9;

// XXH3-128 of all bytes but the checksum's own digits, in its canonical (big-endian) order.
std::string checksum_of(std::string_view bytes) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  if (!state) fail(ErrorKind::kMemory, "no memory for the state of a checksum");
  const std::string_view rest = bytes.substr(kChecksumAt + kChecksumDigits);
  XXH3_128bits_reset(state.get());
  XXH3_128bits_update(state.get(), bytes.data(), kChecksumAt);
  XXH3_128bits_update(state.get(), rest.data(), rest.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// Number of elements; nothing if it is beyond 64 bits.
std::optional<std::uint64_t> elements_of(const Shape& shape) {
  std::uint64_t elements = 1;
  for (const std::uint64_t extent : shape) {
    if (__builtin_mul_overflow(elements, extent, &elements)) return std::nullopt;
  }
  return elements;
}

std::optional<std::uint64_t> bytes_of(DType dtype, const Shape& shape) {
  const std::optional<std::uint64_t> elements = elements_of(shape);
  std::uint64_t bytes = 0;
  if (!elements || __builtin_mul_overflow(*elements, size_of(dtype), &bytes)) return std::nullopt;
  return bytes;
}

std::string text_of(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape, ","));
}

void check_tensor_to_write(const Tensor& tensor) {
  if (!is_tensor_name(tensor.name) || tensor.shape.size() > kMaxRank ||
      bytes_of(tensor.dtype, tensor.shape) != tensor.bytes.size()) {
    fail(ErrorKind::kInternal, "tensor {} of {} {} with {} bytes cannot be written",
         in_quotes(tensor.name), name_of(tensor.dtype), text_of(tensor.shape), tensor.bytes.size());
  }
}

std::vector<const Tensor*> by_name(const std::vector<Tensor>& tensors) {
  std::vector<const Tensor*> sorted;
  sorted.reserve(tensors.size());
  for (const Tensor& tensor : tensors) sorted.push_back(&tensor);
  std::ranges::sort(
      sorted, {}, [](const Tensor* tensor) -> const auto& { return tensor->name; });
  const auto twice = std::ranges::adjacent_find(
      sorted, {}, [](const Tensor* tensor) -> const auto& { return tensor->name; });
  if (twice != sorted.end()) {
    fail(ErrorKind::kInternal, "two tensors have the name {}", in_quotes((*twice)->name));
  }
  return sorted;
}

void check_limits(const Container& container) {
  for (const char* own : {"checksum", "format", "format_version"}) {
    if (container.metadata.contains(own)) {
      fail(ErrorKind::kInternal, "metadata key '{}' belongs to the container", own);
    }
  }
  // Decoding counts the container's own three keys, too.
  if (container.metadata.size() + 3 > kMaxMetadata || container.tensors.size() > kMaxTensors) {
    fail(ErrorKind::kModel,
         "the model has {} metadata keys and {} tensors; a file takes at most {} and {}",
         container.metadata.size(), container.tensors.size(), kMaxMetadata - 3, kMaxTensors);
  }
}

std::string padded_header(const Container& container, const std::vector<const Tensor*>& tensors) {
  ContainerHeader header;
  header.version = container.version;
  header.metadata = container.metadata;
  std::uint64_t offset = 0;
  for (const Tensor* tensor : tensors) {
    check_tensor_to_write(*tensor);
    const std::uint64_t end = offset + tensor->bytes.size();
    header.tensors.push_back({tensor->name, tensor->dtype, tensor->shape, offset, end});
    offset = end;
  }
  std::string text = write_header(header);
  const std::size_t over = (kLengthBytes + text.size()) % kDataAlignment;
  text.append(over == 0 ? 0 : kDataAlignment - over, ' ');
  if (text.size() > kMaxHeaderBytes) {
    fail(ErrorKind::kModel, "the model's header takes {} bytes; at most {} can be written",
         text.size(), kMaxHeaderBytes);
  }
  return text;
}

std::uint64_t header_length(std::string_view bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  return length;
}

[[noreturn]] void fail_as_foreign(std::string_view bytes) {
  const std::string_view name = recognise_foreign_format(bytes);
  if (!name.empty()) fail(ErrorKind::kModel, "not a skol model but {}", name);
  const std::string_view rest = bytes.substr(kLengthBytes);
  if (kHeaderStart.starts_with(rest)) {
    fail(ErrorKind::kModel, "the model is cut off after {} bytes; copy or train it again",
         bytes.size());
  }
  if (rest.starts_with('{') && header_length(bytes) <= rest.size()) {
    fail(ErrorKind::kModel,
         "a safetensors file, but not as skol writes its models: the header must begin with {}",
         kHeaderStart);
  }
  fail(ErrorKind::kModel, "not a skol model: it begins with {}; expected a file that skol wrote",
       in_quotes(bytes.substr(0, 16)));
}

// The version of the format, decimal without leading zeros.
int format_version(std::string_view bytes) {
  if (bytes.substr(kChecksumAt + kChecksumDigits, kHeaderFormat.size()) != kHeaderFormat) {
    fail(ErrorKind::kModel,
         "the model's header does not go on with {} after its checksum: the file is damaged",
         kHeaderFormat);
  }
  const std::string_view rest = bytes.substr(kVersionAt, kMaxVersionDigits + 1);
  const std::string_view digits = rest.substr(0, rest.find(kHeaderVersionEnd));
  int version = 0;
  bool valid = !digits.empty() && digits.size() < rest.size() && digits[0] != '0';
  for (const char digit : digits) {
    valid = valid && digit >= '0' && digit <= '9';
    if (valid) version = version * 10 + (digit - '0');
  }
  if (!valid) {
    fail(ErrorKind::kModel, "the model's format_version is {}; expected a number from 1",
         in_quotes(digits));
  }
  return version;
}

// Everything that can be known from the start without parsing JSON, in this order: is it a
// container, with a whole header, of a version we know? Gives the header's text.
std::string_view header_text(std::string_view bytes) {
  if (bytes.size() < kLengthBytes) {
    fail(ErrorKind::kModel, "not a skol model: it has only {} bytes", bytes.size());
  }
  const std::string_view rest = bytes.substr(kLengthBytes);
  if (!rest.starts_with(kHeaderStart)) fail_as_foreign(bytes);
  const std::uint64_t length = header_length(bytes);
  if (length > rest.size()) {
    fail(ErrorKind::kModel,
         "the model's header should have {} bytes, but {} follow: the file is cut off or damaged; "
         "copy or train it again",
         length, rest.size());
  }
  if (kVersionAt >= bytes.size()) {
    fail(ErrorKind::kModel, "the model is cut off after {} bytes; copy or train it again",
         bytes.size());
  }
  const int version = format_version(bytes);
  if (version > kContainerVersion) {
    fail(ErrorKind::kModel,
         "the model was made by a newer skol (format {}; this one reads {}); update skol", version,
         kContainerVersion);
  }
  if (length > kMaxHeaderBytes) {
    fail(ErrorKind::kModel, "the model's header has {} bytes; at most {} are read", length,
         kMaxHeaderBytes);
  }
  return rest.substr(0, static_cast<std::size_t>(length));
}

// The same, once the bytes are known to be those that were written.
std::string_view checked_header(std::string_view bytes) {
  const std::string_view text = header_text(bytes);
  const std::string_view stored = bytes.substr(kChecksumAt, kChecksumDigits);
  const std::string actual = checksum_of(bytes);
  if (stored != actual) {
    fail(ErrorKind::kModel,
         "the model's checksum is {}, its content gives {}: the file is damaged or cut off; copy "
         "or train it again",
         in_quotes(stored), actual);
  }
  return text;
}

void check_entry(const TensorEntry& entry, std::uint64_t expected_begin, std::size_t data_bytes) {
  if (entry.begin != expected_begin || entry.end < entry.begin || entry.end > data_bytes) {
    fail(ErrorKind::kModel,
         "tensor {}: bytes {} to {}; expected them to begin at {} and to end within the data, {} "
         "bytes",
         in_quotes(entry.name), entry.begin, entry.end, expected_begin, data_bytes);
  }
  if (bytes_of(entry.dtype, entry.shape) != entry.end - entry.begin) {
    fail(ErrorKind::kModel, "tensor {}: {} bytes do not hold {} values of {}",
         in_quotes(entry.name), entry.end - entry.begin, text_of(entry.shape),
         name_of(entry.dtype));
  }
}

template <typename T>
constexpr DType kDTypeOf = std::is_same_v<T, float>    ? DType::kF32
                           : std::is_same_v<T, double> ? DType::kF64
                                                       : DType::kU8;

// Values of the tensor from index `first` on.
template <typename T>
void check_finite(std::span<const T> values, std::size_t first, std::string_view name) {
  const auto wrong = std::ranges::find_if_not(values, [](T value) { return std::isfinite(value); });
  if (wrong != values.end()) {
    fail(ErrorKind::kModel, "tensor {}: value {} at index {}; expected finite numbers",
         in_quotes(name), *wrong, first + static_cast<std::size_t>(wrong - values.begin()));
  }
}

// Whether check_finite would find something, in a loop that a compiler makes vectors of.
bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t wrong = 0;
  for (const float value : values) {
    wrong |= std::uint32_t{(std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent};
  }
  return wrong == 0;
}

template <typename T>
void check_type(const Tensor& tensor, bool shape_fits, const std::string& expected) {
  if (tensor.dtype == kDTypeOf<T> && shape_fits) return;
  fail(ErrorKind::kModel, "tensor {} is {} {}; expected {} {}", in_quotes(tensor.name),
       name_of(tensor.dtype), text_of(tensor.shape), name_of(kDTypeOf<T>), expected);
}

template <typename T>
std::vector<T> values_of(const Tensor& tensor, bool shape_fits, const std::string& expected) {
  check_type<T>(tensor, shape_fits, expected);
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  if constexpr (std::is_floating_point_v<T>) check_finite<T>(values, 0, tensor.name);
  return values;
}

}  // namespace

std::string encode_container(const Container& container) {
  check_limits(container);
  const std::vector<const Tensor*> tensors = by_name(container.tensors);
  const std::string header = padded_header(container, tensors);
  std::size_t size = kLengthBytes + header.size();
  for (const Tensor* tensor : tensors) size += tensor->bytes.size();

  std::string bytes;
  bytes.reserve(size);
  const std::uint64_t length = header.size();
  bytes.append(reinterpret_cast<const char*>(&length), kLengthBytes);
  bytes += header;
  for (const Tensor* tensor : tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size());
  }
  bytes.replace(kChecksumAt, kChecksumDigits, checksum_of(bytes));
  return bytes;
}

std::string checksum_in(std::string_view encoded) {
  return std::string(encoded.substr(kChecksumAt, kChecksumDigits));
}

std::uint64_t described_bytes(std::string_view start) {
  if (start.size() < kLengthBytes || !start.substr(kLengthBytes).starts_with(kHeaderStart)) {
    return 0;
  }
  return kLengthBytes + std::min<std::uint64_t>(header_length(start), kMaxHeaderBytes);
}

std::map<std::string, std::string> decode_metadata(std::string_view start) {
  return read_header(header_text(start)).metadata;
}

Container decode_container(std::string_view bytes) {
  const std::string_view text = checked_header(bytes);
  ContainerHeader header = read_header(text);
  const std::string_view data = bytes.substr(kLengthBytes + text.size());
  Container container;
  container.version = format_version(bytes);
  container.metadata = std::move(header.metadata);
  container.tensors.reserve(header.tensors.size());
  std::uint64_t end = 0;
  for (TensorEntry& entry : header.tensors) {
    if (!container.tensors.empty() && entry.name <= container.tensors.back().name) {
      fail(ErrorKind::kModel, "tensor {} stands after {}; expected each name once, in order",
           in_quotes(entry.name), in_quotes(container.tensors.back().name));
    }
    check_entry(entry, end, data.size());
    const std::string_view part = data.substr(static_cast<std::size_t>(entry.begin),
                                              static_cast<std::size_t>(entry.end - entry.begin));
    end = entry.end;
    container.tensors.push_back({std::move(entry.name), entry.dtype, std::move(entry.shape),
                                 std::as_bytes(std::span(part))});
  }
  if (end != data.size()) {
    fail(ErrorKind::kModel, "the model has {} bytes after its last tensor; expected none",
         data.size() - end);
  }
  return container;
}

template <typename T>
Tensor make_tensor(std::string name, Shape shape, std::span<const T> values) {
  return {std::move(name), kDTypeOf<T>, std::move(shape), std::as_bytes(values)};
}

Tensor make_text_tensor(std::string name, std::string_view text) {
  return {std::move(name), DType::kU8, {text.size()}, std::as_bytes(std::span(text))};
}

const Tensor& find_tensor(const Container& container, std::string_view name) {
  const auto found = std::ranges::find(container.tensors, name, &Tensor::name);
  if (found == container.tensors.end()) {
    fail(ErrorKind::kModel, "the model has no tensor {}", in_quotes(name));
  }
  return *found;
}

template <typename T>
std::vector<T> copy_tensor(const Container& container, std::string_view name, const Shape& shape) {
  const Tensor& tensor = find_tensor(container, name);
  return values_of<T>(tensor, tensor.shape == shape, text_of(shape));
}

template <typename T>
std::vector<T> copy_vector(const Container& container, std::string_view name) {
  const Tensor& tensor = find_tensor(container, name);
  return values_of<T>(tensor, tensor.shape.size() == 1, "[length]");
}

void for_each_row(const Container& container, std::string_view name, const Shape& shape,
                  const VisitRow& visit) {
  const Tensor& tensor = find_tensor(container, name);
  check_type<float>(tensor, tensor.shape == shape && shape.size() == 2, text_of(shape));
  std::vector<float> values(shape[1]);  // aligned, as the tensor need not be
  const std::size_t row_bytes = values.size() * sizeof(float);
  std::size_t given = 0;  // bytes of the tensor that were given back
  for (std::size_t row = 0; row < shape[0] && row_bytes > 0; ++row) {
    std::memcpy(values.data(), tensor.bytes.data() + row * row_bytes, row_bytes);
    if (!all_finite(values)) check_finite<float>(values, row * values.size(), tensor.name);
    visit(row, values);
    if (container.read_once && (row + 1) * row_bytes - given >= kHugePage) {
      char* const begin = const_cast<char*>(reinterpret_cast<const char*>(tensor.bytes.data()));
      given = static_cast<std::size_t>(
          give_back_pages(begin + given, begin + (row + 1) * row_bytes) - begin);
    }
  }
}

std::string copy_text(const Container& container, std::string_view name) {
  const std::vector<std::uint8_t> bytes = copy_vector<std::uint8_t>(container, name);
  return {bytes.begin(), bytes.end()};
}

template Tensor make_tensor(std::string, Shape, std::span<const std::uint8_t>);
template Tensor make_tensor(std::string, Shape, std::span<const float>);
template Tensor make_tensor(std::string, Shape, std::span<const double>);
template std::vector<std::uint8_t> copy_tensor(const Container&, std::string_view, const Shape&);
template std::vector<float> copy_tensor(const Container&, std::string_view, const Shape&);
template std::vector<double> copy_tensor(const Container&, std::string_view, const Shape&);
template std::vector<std::uint8_t> copy_vector(const Container&, std::string_view);
template std::vector<float> copy_vector(const Container&, std::string_view);
template std::vector<double> copy_vector(const Container&, std::string_view);

}  // namespace skol
