// SPDX-License-Identifier: Apache-2.0
#include "model/foreign_format.h"

#include <algorithm>
#include <cstddef>

namespace skol {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};

constexpr Signature kSignatures[] = {
    {0, "\x1f\x8b"sv,
     "a gzip archive (models of the Python skol_classifier with Spark were such; train again)"},
    {0, "PK\x03\x04"sv, "a zip archive (Keras .keras, PyTorch or NumPy .npz)"},
    {0, "PK\x05\x06"sv, "an empty zip archive"},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras .h5)"},
    {0, "\x93NUMPY"sv, "a NumPy .npy file"},
    {0, "\177ELF"sv, "an ELF program or library"},
    {0, "BZh"sv, "a bzip2 archive"},
    {0, "\3757zXZ"sv, "an xz archive"},
    {0, "\x28\xb5\x2f\xfd"sv, "a Zstandard archive"},
    {0, "PAR1"sv, "a Parquet file"},
    {0, "version https://git-lfs"sv, "a Git LFS pointer (fetch the file itself with git lfs pull)"},
    {0, "[@"sv, "annotated text (is it the input, given in the place of the model?)"},
    {257, "ustar"sv, "a tar archive"},
};

// Pickle from protocol 2 on begins with the opcode PROTO and its number.
bool is_pickle(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
}

bool is_markup(std::string_view bytes) {
  constexpr std::string_view kTags[] = {"<!doctype", "<html", "<?xml"};
  const std::size_t start = bytes.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return false;
  const auto same_letter = [](char a, char b) {
    return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + ('a' - 'A')) : b);
  };
  return std::ranges::any_of(kTags, [&](std::string_view tag) {
    return std::ranges::equal(tag, bytes.substr(start, tag.size()), same_letter);
  });
}

}  // namespace

std::string_view recognise_foreign_format(std::string_view bytes) {
  bytes = bytes.substr(0, 512);
  for (const Signature& signature : kSignatures) {
    if (bytes.size() > signature.offset &&
        bytes.substr(signature.offset).starts_with(signature.bytes)) {
      return signature.name;
    }
  }
  if (is_pickle(bytes)) return "a Python pickle, which can run code (joblib and old PyTorch too)";
  if (is_markup(bytes)) return "an HTML or XML page (a download that went wrong?)";
  return {};
}

}  // namespace skol
