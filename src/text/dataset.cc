// SPDX-License-Identifier: Apache-2.0
#include "text/dataset.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "base/fail.h"
#include "base/file_descriptor.h"
#include "base/in_quotes.h"
#include "base/random.h"

namespace skol {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAnnotatedSuffix = ".ann";
constexpr std::string_view kRawSuffix = ".txt";

std::string reason(int error_number) {
  return std::error_code(error_number, std::generic_category()).message();
}

InputFile input_file(std::string path, std::string relative) {
  const bool annotated = path.ends_with(kAnnotatedSuffix);
  return {std::move(path), std::move(relative), annotated};
}

std::vector<InputFile> files_below(const std::string& folder) {
  std::vector<InputFile> files;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      std::string path = entry.path().string();
      if (!path.ends_with(kAnnotatedSuffix) && !path.ends_with(kRawSuffix)) continue;
      if (entry.is_directory()) continue;
      if (!entry.is_regular_file()) {
        fail(ErrorKind::kInput,
             "{} is no regular file; remove it from the folder or name the files to read",
             in_quotes(path));
      }
      const std::size_t below = std::min(path.find_first_not_of('/', folder.size()), path.size());
      std::string relative = path.substr(below);
      files.push_back(input_file(std::move(path), std::move(relative)));
    }
  } catch (const fs::filesystem_error& error) {
    const std::string path = error.path1().empty() ? folder : error.path1().string();
    fail(ErrorKind::kNotFound, "{} cannot be read: {}", in_quotes(path), error.code().message());
  }
  std::sort(files.begin(), files.end(),
            [](const InputFile& a, const InputFile& b) { return a.path < b.path; });
  if (files.empty()) {
    fail(ErrorKind::kInput, "folder {} holds no *.txt and no *.ann; name a folder that does",
         in_quotes(folder));
  }
  return files;
}

std::vector<InputFile> files_of(const std::string& input) {
  if (input == kStdin) return {input_file(input, input)};
  std::error_code error;
  const fs::file_status status = fs::status(input, error);
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) {
    fail(ErrorKind::kNotFound, "input {} cannot be read: {}; name a file, a folder or '-'",
         in_quotes(input), error.message());
  }
  if (status.type() == fs::file_type::directory) return files_below(input);
  return {input_file(input, fs::path(input).filename().string())};
}

// How much to ask for at first: the size of a plain file and a byte to see its end. A file can
// claim any size (a sparse one costs nothing), so beyond kMost only bytes that came make room for
// more.
std::size_t first_request(int fd) {
  constexpr std::size_t kLeast = std::size_t{1} << 16;
  constexpr std::size_t kMost = std::size_t{1} << 26;
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return kLeast;
  return std::min(static_cast<std::size_t>(status.st_size) + 1, kMost);
}

// To the end: a pipe has no size, and a file may grow or shrink while it is read.
std::string read_to_end(int fd, const std::string& path) {
  std::string bytes(first_request(fd), '\0');
  std::size_t size = 0;
  while (true) {
    if (size == bytes.size()) bytes.resize(2 * size);
    const ssize_t got = ::read(fd, bytes.data() + size, bytes.size() - size);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ErrorKind::kInput, "{} cannot be read: {}", in_quotes(path), reason(errno));
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

std::string read_file(const std::string& path) {
  if (path == kStdin) return read_to_end(STDIN_FILENO, path);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    fail(ErrorKind::kNotFound, "{} cannot be opened: {}", in_quotes(path), reason(errno));
  }
  return read_to_end(file.get(), path);
}

// FNV-1a (Fowler, Noll, Vo), then mixed with the seed: the same on every machine.
std::uint64_t document_hash(std::string_view id, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return mix64(hash ^ mix64(seed + 0x9E3779B97F4A7C15U));
}

// The documents in the order of their hashes.
std::vector<std::size_t> ranked_by_hash(std::span<const std::string> ids, std::uint64_t seed) {
  struct Ranked {
    std::uint64_t hash;
    std::size_t document;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ranked.push_back({document_hash(ids[i], seed), i});
  std::sort(ranked.begin(), ranked.end(), [&](const Ranked& a, const Ranked& b) {
    return a.hash != b.hash ? a.hash < b.hash : ids[a.document] < ids[b.document];
  });
  std::vector<std::size_t> documents;
  for (const Ranked& one : ranked) documents.push_back(one.document);
  return documents;
}

std::size_t held_back_count(std::size_t documents, double fraction) {
  if (documents < 2 || fraction == 0.0) return 0;
  const double share = std::round(fraction * static_cast<double>(documents));
  return std::clamp(static_cast<std::size_t>(share), std::size_t{1}, documents - 1);
}

}  // namespace

std::vector<InputFile> find_inputs(std::span<const std::string> inputs) {
  std::vector<InputFile> found;
  std::unordered_set<std::string> seen;
  for (const std::string& input : inputs) {
    for (InputFile& file : files_of(input)) {
      if (seen.insert(file.path).second) found.push_back(std::move(file));
    }
  }
  return found;
}

Document read_document(const InputFile& file, TextErrors errors,
                       std::vector<Diagnostic>& diagnostics) {
  std::string bytes = read_file(file.path);
  return file.annotated ? parse_annotated(file.path, std::move(bytes), errors, diagnostics)
                        : parse_raw(file.path, std::move(bytes), errors);
}

std::vector<bool> split_by_document(std::span<const std::string> ids, double fraction,
                                    std::uint64_t seed) {
  if (!(fraction >= 0.0 && fraction < 1.0)) {
    fail(ErrorKind::kParameter,
         "a fraction of {} of the documents cannot be held back; give a number from 0 to below 1",
         fraction);
  }
  const std::vector<std::size_t> ranked = ranked_by_hash(ids, seed);
  std::vector<bool> held_back(ids.size(), false);
  for (std::size_t rank = 0; rank < held_back_count(ids.size(), fraction); ++rank) {
    held_back[ranked[rank]] = true;
  }
  return held_back;
}

std::vector<std::size_t> folds_by_document(std::span<const std::string> ids, std::size_t folds,
                                           std::uint64_t seed) {
  const std::vector<std::size_t> ranked = ranked_by_hash(ids, seed);
  std::vector<std::size_t> fold(ids.size());
  for (std::size_t rank = 0; rank < ranked.size(); ++rank) fold[ranked[rank]] = rank % folds;
  return fold;
}

}  // namespace skol
