// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/container.h"

namespace skol {

// The JSON header of a container: its text, and what the text says. Whether that is true of the
// data is container.cc's to check.

// The first characters of every header, in every version of the format, so that a reader finds the
// version and the checksum without parsing JSON: kHeaderStart, 32 hexadecimal digits,
// kHeaderFormat, the version in decimal, kHeaderVersionEnd.
constexpr std::string_view kHeaderStart = R"({"__metadata__":{"checksum":"xxh128:)";
constexpr std::size_t kChecksumDigits = 32;
constexpr std::string_view kHeaderFormat = R"(","format":"skol","format_version":")";
constexpr char kHeaderVersionEnd = '"';

struct TensorEntry {
  std::string name;
  DType dtype = DType::kU8;
  Shape shape;
  std::uint64_t begin = 0;  // offsets into the data, end exclusive
  std::uint64_t end = 0;
};

struct ContainerHeader {
  std::map<std::string, std::string> metadata;  // without the container's own keys
  std::vector<TensorEntry> tensors;             // in the order of the text
  int version = 1;                              // of the format
};

bool is_tensor_name(std::string_view name);
std::size_t size_of(DType dtype);
std::string_view name_of(DType dtype);

// The header's text, with zeros for the checksum, without padding.
std::string write_header(const ContainerHeader& header);

// Error of kModel for anything but one JSON object of the form that write_header makes, with no
// more than the limits of container.h and no key twice. Memory is linear in `text`, time too.
ContainerHeader read_header(std::string_view text);

}  // namespace skol
