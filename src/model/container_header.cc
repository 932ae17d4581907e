// SPDX-License-Identifier: Apache-2.0
#include "model/container_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMetadataKey = "__metadata__";
constexpr std::size_t kQuotedBytes = 60;  // of a name or value in a message

constexpr std::pair<DType, std::string_view> kDTypeNames[] = {
    {DType::kU8, "U8"}, {DType::kF32, "F32"}, {DType::kF64, "F64"}};

// Text must be UTF-8: safetensors and JSON allow nothing else.
std::string json_string(std::string_view text, std::string_view what) {
  try {
    return Json(text).dump();
  } catch (const Json::type_error&) {
    fail(ErrorKind::kModel, "{}: expected UTF-8, got {}", what, in_quotes(text, kQuotedBytes));
  }
}

// Reads the header from the parser's events. Everything a header may contain is expected at one
// place, so that nesting, extra keys and wrong types end the parse where they begin, whatever
// their size. A failing event throws.
class HeaderReader {
 public:
  ContainerHeader take() { return std::move(header_); }

  bool start_object(std::size_t) {
    if (state_ == State::kStart) return go(State::kHeader);
    if (state_ == State::kMetadataObject) return go(State::kMetadata);
    if (state_ == State::kTensorObject) return go(State::kTensor);
    unexpected("an object");
  }

  bool key(const std::string& key) {
    switch (state_) {
      case State::kHeader:
        return header_key(key);
      case State::kMetadata:
        return metadata_key(key);
      default:
        return tensor_key(key);
    }
  }

  bool end_object() {
    if (state_ == State::kTensor) {
      finish_tensor();
      return go(State::kHeader);
    }
    return go(state_ == State::kMetadata ? State::kHeader : State::kEnd);
  }

  bool string(const std::string& value) {
    if (state_ == State::kMetadataValue) {
      header_.metadata[key_] = value;
      return go(State::kMetadata);
    }
    if (state_ != State::kDType) unexpected("a string");
    const auto known = std::ranges::find(kDTypeNames, std::string_view(value),
                                         [](const auto& entry) { return entry.second; });
    if (known == std::end(kDTypeNames)) {
      fail(ErrorKind::kModel, "tensor {}: dtype {}; expected U8, F32 or F64",
           in_quotes(entry_.name), in_quotes(value, kQuotedBytes));
    }
    dtype_ = known->first;
    return go(State::kTensor);
  }

  bool start_array(std::size_t) {
    if (state_ == State::kShape && !shape_) {
      shape_.emplace();
    } else if (state_ == State::kOffsets && !offsets_) {
      offsets_.emplace();
    } else {
      unexpected("an array");
    }
    return true;
  }

  bool end_array() { return go(State::kTensor); }

  bool number_unsigned(std::uint64_t value) {
    if (state_ == State::kShape && shape_) {
      if (shape_->size() == kMaxRank) {
        fail(ErrorKind::kModel, "tensor {}: more than {} dimensions", in_quotes(entry_.name),
             kMaxRank);
      }
      shape_->push_back(value);
    } else if (state_ == State::kOffsets && offsets_) {
      if (offsets_->size() == 2) unexpected("a third offset");
      offsets_->push_back(value);
    } else {
      unexpected("a number");
    }
    return true;
  }

  bool number_integer(std::int64_t) { unexpected("a negative number"); }
  // The parser gives integers of more than 64 bits as these, too.
  bool number_float(double, const std::string&) {
    unexpected("a number that is not an integer of 64 bits");
  }
  bool boolean(bool) { unexpected("true or false"); }
  bool null() { unexpected("null"); }
  bool binary(Json::binary_t&) { unexpected("binary data"); }

  bool parse_error(std::size_t position, const std::string&, const Json::exception&) {
    fail(ErrorKind::kModel, "the model's header is not valid JSON at its byte {}", position);
  }

 private:
  // What comes next.
  enum class State {
    kStart,
    kHeader,  // a key of the header
    kMetadataObject,
    kMetadata,  // a key of the metadata
    kMetadataValue,
    kTensorObject,
    kTensor,  // a key of a tensor
    kDType,
    kShape,
    kOffsets,
    kEnd
  };

  bool go(State state) {
    state_ = state;
    return true;
  }

  [[noreturn]] void unexpected(std::string_view what) const {
    fail(ErrorKind::kModel, "the model's header has {} after {}; expected a header of skol's form",
         what, key_.empty() ? "its beginning" : "the key " + in_quotes(key_, kQuotedBytes));
  }

  bool header_key(const std::string& key) {
    key_ = key;
    if (key == kMetadataKey) {
      if (std::exchange(has_metadata_, true)) {
        fail(ErrorKind::kModel, "the model's header has the key '{}' twice", kMetadataKey);
      }
      return go(State::kMetadataObject);
    }
    if (header_.tensors.size() == kMaxTensors) {
      fail(ErrorKind::kModel, "the model's header has more than {} tensors", kMaxTensors);
    }
    if (!is_tensor_name(key)) {
      fail(ErrorKind::kModel, "tensor name {}: expected 1 to {} of A-Z a-z 0-9 . _ / -",
           in_quotes(key, kQuotedBytes), kMaxTensorName);
    }
    entry_ = TensorEntry();
    entry_.name = key;
    dtype_.reset();
    shape_.reset();
    offsets_.reset();
    return go(State::kTensorObject);
  }

  bool metadata_key(const std::string& key) {
    key_ = key;
    if (header_.metadata.size() == kMaxMetadata) {
      fail(ErrorKind::kModel, "the model's header has more than {} metadata keys", kMaxMetadata);
    }
    if (!header_.metadata.try_emplace(key).second) {
      fail(ErrorKind::kModel, "the model's metadata has the key {} twice",
           in_quotes(key, kQuotedBytes));
    }
    return go(State::kMetadataValue);
  }

  bool tensor_key(const std::string& key) {
    if (key == "dtype" && !dtype_) return go(State::kDType);
    if (key == "shape" && !shape_) return go(State::kShape);
    if (key == "data_offsets" && !offsets_) return go(State::kOffsets);
    fail(ErrorKind::kModel, "tensor {}: key {}; expected dtype, shape and data_offsets, once each",
         in_quotes(entry_.name), in_quotes(key, kQuotedBytes));
  }

  void finish_tensor() {
    if (!dtype_ || !shape_ || !offsets_ || offsets_->size() != 2) {
      fail(ErrorKind::kModel, "tensor {}: expected a dtype, a shape and two data_offsets",
           in_quotes(entry_.name));
    }
    entry_.dtype = *dtype_;
    entry_.shape = std::move(*shape_);
    entry_.begin = (*offsets_)[0];
    entry_.end = (*offsets_)[1];
    header_.tensors.push_back(std::move(entry_));
  }

  State state_ = State::kStart;
  std::string key_;  // the last one of the header or its metadata
  bool has_metadata_ = false;
  TensorEntry entry_;
  std::optional<DType> dtype_;
  std::optional<Shape> shape_;
  std::optional<Shape> offsets_;
  ContainerHeader header_;
};

}  // namespace

bool is_tensor_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '/' || c == '-';
  };
  return !name.empty() && name.size() <= kMaxTensorName && name != kMetadataKey &&
         std::ranges::all_of(name, allowed);
}

std::size_t size_of(DType dtype) {
  return dtype == DType::kU8 ? 1 : dtype == DType::kF32 ? 4 : 8;
}

std::string_view name_of(DType dtype) {
  return std::ranges::find(kDTypeNames, dtype, [](const auto& entry) { return entry.first; })
      ->second;
}

std::string write_header(const ContainerHeader& header) {
  std::string text(kHeaderStart);
  text.append(kChecksumDigits, '0');
  text += fmt::format("{}{}{}", kHeaderFormat, header.version, kHeaderVersionEnd);
  for (const auto& [key, value] : header.metadata) {
    text += fmt::format(",{}:{}", json_string(key, "metadata key"),
                        json_string(value, "metadata value of " + in_quotes(key, kQuotedBytes)));
  }
  text += '}';
  for (const TensorEntry& tensor : header.tensors) {
    text +=
        fmt::format(R"(,"{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", tensor.name,
                    name_of(tensor.dtype), fmt::join(tensor.shape, ","), tensor.begin, tensor.end);
  }
  text += '}';
  return text;
}

ContainerHeader read_header(std::string_view text) {
  // JSON has control characters between its tokens at most, and skol writes none. The parser would
  // take a NUL for the end of its input.
  const auto control = std::ranges::find_if(text, [](char c) { return c >= 0 && c < ' '; });
  if (control != text.end()) {
    fail(ErrorKind::kModel, "the model's header has a control character at its byte {}",
         control - text.begin() + 1);
  }
  HeaderReader reader;
  Json::sax_parse(text.begin(), text.end(), &reader);
  ContainerHeader header = reader.take();
  for (const char* own : {"checksum", "format", "format_version"}) header.metadata.erase(own);
  return header;
}

}  // namespace skol
