// SPDX-License-Identifier: Apache-2.0
#include "storage/file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/atomic_file.h"
#include "base/fail.h"
#include "base/file_descriptor.h"
#include "base/huge_pages.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

namespace fs = std::filesystem;

// Stays in the second-level cache between its reading and its copying.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

[[noreturn]] void fail_to_read(const std::string& path, const std::string& reason) {
  fail(ErrorKind::kNotFound, "cannot read the model {}: {}", in_quotes(path), reason);
}

std::string reason_for_reading(int error) {
  if (error == ENOENT) return "there is no such file; check the path, or train a model first";
  return describe_system_error(error);
}

// Reads up to bytes.size() bytes; how many there were before the end of the file.
std::size_t read_up_to(int fd, std::string& bytes, const std::string& path) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_to_read(path, describe_system_error(errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

// The size of the open file, once it is known to be one that can be read as a whole.
std::uint64_t checked_size(int fd, const std::string& path) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) fail_to_read(path, describe_system_error(errno));
  if (S_ISDIR(status.st_mode)) {
    fail_to_read(path, "it is a folder; expected a model file, such as model.skol");
  }
  if (!S_ISREG(status.st_mode)) {
    fail_to_read(path, "it is a device, FIFO or socket; expected a regular file");
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > FileStore::kMaxBytes) {
    fail_to_read(path, fmt::format("it has {} bytes; a model file has at most {}", size,
                                   FileStore::kMaxBytes));
  }
  return size;
}

// The open file `path` as an entry of a list.
StoreEntry entry_of(int fd, std::string name, const std::string& path) {
  StoreEntry entry;
  entry.name = std::move(name);
  entry.bytes = checked_size(fd, path);
  entry.start.resize(std::min<std::uint64_t>(entry.bytes, StoreEntry::kStartBytes));
  entry.start.resize(read_up_to(fd, entry.start, path));
  return entry;
}

// The same, in a list that does not fail because of one file.
StoreEntry listed_entry(int fd, const std::string& name, const std::string& path) try {
  return entry_of(fd, name, path);
} catch (const Error& error) {
  return {name, 0, "", error.what()};
}

// Non-blocking, or opening a FIFO would wait for its writer.
FileDescriptor open_to_read(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

}  // namespace

std::string FileStore::get(const std::string& name) const {
  const std::string path = path_of(name);
  const FileDescriptor file = open_to_read(path);
  if (!file) fail_to_read(path, reason_for_reading(errno));
  const std::uint64_t size = checked_size(file.get(), path);
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(size));
  prefer_huge_pages(bytes.data(), bytes.capacity());
  // Piece by piece: to fill the string with zeros first would write all of it twice.
  std::string piece(kPieceBytes, '\0');
  std::size_t got = 0;
  do {
    got = read_up_to(file.get(), piece, path);
    if (got > size - bytes.size() || (got < piece.size() && bytes.size() + got < size)) {
      fail_to_read(path, fmt::format("its size, {} bytes, changed while it was read; "
                                     "wait until its writer is done, and run again",
                                     size));
    }
    bytes.append(piece, 0, got);
  } while (got == piece.size());
  return bytes;
}

void FileStore::put(const std::string& name, std::string_view bytes) {
  write_file_atomically(path_of(name), bytes, Durability::kPowerLoss);
}

void FileStore::check_put(const std::string& name) const {
  const AtomicFile can_be_written(path_of(name));
}

std::vector<StoreEntry> FileStore::list() const {
  std::vector<StoreEntry> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    // A file may vanish, or be a link to nothing: then it is not there.
    std::error_code gone;
    const std::string name = it->path().filename().string();
    if (name.starts_with('.') || !it->is_regular_file(gone)) continue;
    const FileDescriptor file = open_to_read(it->path().string());
    if (file) {
      entries.push_back(listed_entry(file.get(), name, it->path().string()));
    } else if (errno != ENOENT) {
      entries.push_back({name, 0, "", describe_system_error(errno)});
    }
  }
  if (error) {
    fail(ErrorKind::kNotFound, "cannot list the models in {}: {}", in_quotes(folder_),
         error.message());
  }
  std::ranges::sort(entries, {}, &StoreEntry::name);
  return entries;
}

StoreEntry FileStore::look(const std::string& name) const {
  const std::string path = path_of(name);
  const FileDescriptor file = open_to_read(path);
  if (!file) fail_to_read(path, reason_for_reading(errno));
  return entry_of(file.get(), name, path);
}

bool FileStore::remove(const std::string& name) {
  const std::string path = path_of(name);
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  fail(ErrorKind::kStorage, "cannot remove the model {}: {}", in_quotes(path),
       describe_system_error(errno));
}

std::string FileStore::path_of(const std::string& name) const {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos) {
    fail(ErrorKind::kParameter,
         "model name {}: expected the name of a file in {}, without '/' and NUL", in_quotes(name),
         in_quotes(folder_));
  }
  if (folder_ == ".") return name;
  return folder_.ends_with('/') ? folder_ + name : folder_ + '/' + name;
}

}  // namespace skol
