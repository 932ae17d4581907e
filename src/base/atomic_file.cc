// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <random>
#include <system_error>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;
// A name with 64 random bits is taken already only if somebody guesses; then try another.
constexpr int kNameAttempts = 16;
constexpr mode_t kNewFileMode = 0666;  // the kernel takes the umask off

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Independent of the file's own name, which may already be as long as a name can be.
std::string temporary_name(const std::string& folder) {
  std::random_device random;
  return fmt::format("{}/.skol-{:08x}{:08x}.tmp", folder, random(), random());
}

// The name of the open file in /proc, through which linkat() can give it another.
std::string proc_name(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

std::string resolve_links(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr),
                                                             &std::free);
  return resolved ? std::string(resolved.get()) : std::string();
}

}  // namespace

AtomicFile::AtomicFile(std::string path, Durability durability, Temporary temporary)
    : path_(std::move(path)), target_(path_), durability_(durability) {
  if (path_.empty() || path_.find('\0') != std::string::npos) {
    fail(ErrorKind::kStorage, "cannot write {}: expected a path, not empty and without NUL bytes",
         in_quotes(path_));
  }
  if (path_.ends_with('/')) fail_with(EISDIR);
  struct stat link = {};
  struct stat old = {};
  const bool is_link = ::lstat(path_.c_str(), &link) == 0 && S_ISLNK(link.st_mode);
  replaces_ = ::stat(path_.c_str(), &old) == 0;
  if (!replaces_ && errno == ENOENT && is_link) {
    fail(ErrorKind::kStorage,
         "cannot write {}: it is a symbolic link to a file that is not there; remove the link or "
         "write to its target",
         in_quotes(path_));
  }
  if (!replaces_ && errno != ENOENT) fail_with(errno);
  if (replaces_ && S_ISDIR(old.st_mode)) fail_with(EISDIR);
  in_place_ = replaces_ && !S_ISREG(old.st_mode);
  if (in_place_) {
    file_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file_) fail_with(errno);
    return;
  }
  // rename() would replace a write-protected file without a question.
  if (replaces_ && ::faccessat(AT_FDCWD, path_.c_str(), W_OK, AT_EACCESS) != 0) fail_with(errno);
  if (is_link) target_ = resolve_links(path_);
  if (target_.empty()) fail_with(errno);
  folder_ = folder_of(target_);
  open_temporary(temporary);
  if (replaces_) keep_attributes(old.st_mode, old.st_uid, old.st_gid);
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::open_temporary(Temporary temporary) {
#ifdef O_TMPFILE
  // Without /proc the file could not be given a name later. A kernel or file system that does not
  // know O_TMPFILE says EISDIR, EOPNOTSUPP or EINVAL; open_named() finds out what else is wrong.
  if (temporary == Temporary::kUnnamedIfPossible && ::access("/proc/self/fd", X_OK) == 0) {
    file_ = FileDescriptor(::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kNewFileMode));
    if (file_) return;
  }
#else
  static_cast<void>(temporary);
#endif
  open_named();
}

void AtomicFile::open_named() {
  for (int attempt = 0; attempt < kNameAttempts && !file_; ++attempt) {
    const std::string name = temporary_name(folder_);
    file_ =
        FileDescriptor(::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, kNewFileMode));
    if (file_) temporary_ = name;
    if (!file_ && errno != EEXIST) break;
  }
  if (!file_) fail_with(errno);
}

void AtomicFile::keep_attributes(mode_t mode, uid_t owner, gid_t group) {
  // Giving a file away is root's right; for everybody else the new file is simply theirs. Owner
  // first: a change of owner clears bits of the mode.
  const bool same_owner = ::fchown(file_.get(), owner, group) == 0;
  const mode_t kept = mode & (same_owner ? mode_t{07777} : mode_t{0777});
  if (::fchmod(file_.get(), kept) != 0) fail_with(errno);
}

void AtomicFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) flush();
  if (bytes.size() >= kBufferBytes) {
    write_all(bytes);
  } else {
    buffer_.append(bytes);
  }
}

void AtomicFile::flush() {
  write_all(buffer_);
  buffer_.clear();
}

void AtomicFile::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_with(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  flush();
  if (in_place_) return;
  if (durability_ == Durability::kPowerLoss) {
    while (::fsync(file_.get()) != 0) {
      if (errno != EINTR) fail_with(errno);
    }
  }
  give_name();
  if (durability_ == Durability::kPowerLoss) sync_folder();
}

void AtomicFile::give_name() {
  if (temporary_.empty()) {
    // A new file can take its name at once; an existing one is replaced only by rename().
    if (!replaces_ && ::linkat(AT_FDCWD, proc_name(file_.get()).c_str(), AT_FDCWD, target_.c_str(),
                               AT_SYMLINK_FOLLOW) == 0) {
      return;
    }
    link_as(temporary_name(folder_));
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_with(errno);
  temporary_.clear();
}

void AtomicFile::link_as(const std::string& name) {
  if (::linkat(AT_FDCWD, proc_name(file_.get()).c_str(), AT_FDCWD, name.c_str(),
               AT_SYMLINK_FOLLOW) != 0) {
    fail_with(errno);
  }
  temporary_ = name;
}

void AtomicFile::sync_folder() const {
  // A folder that may be written but not read cannot be opened, and some file systems cannot sync
  // one (EINVAL): the new file is in place all the same. Anything else is the device failing.
  const FileDescriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return;
  while (::fsync(folder.get()) != 0) {
    if (errno == EINTR) continue;
    if (errno != EINVAL && errno != ENOTSUP) fail_with(errno);
    return;
  }
}

void AtomicFile::fail_with(int error) const {
  fail(ErrorKind::kStorage, "cannot write {}: {}", in_quotes(path_), describe_system_error(error));
}

void write_file_atomically(const std::string& path, std::string_view bytes, Durability durability) {
  AtomicFile file(path, durability);
  file.write(bytes);
  file.commit();
}

std::string describe_system_error(int error) {
  std::string reason = std::generic_category().message(error);
  switch (error) {
    case ENOENT:
      return reason + "; the folder must exist: create it, or correct the path";
    case ENOTDIR:
      return reason + "; a part of the path before the last is a file: correct the path";
    case EISDIR:
      return reason + "; expected the path of a file";
    case EACCES:
    case EPERM:
      return reason + "; change the permissions, or choose another place";
    case EROFS:
      return reason + "; choose a place that can be written";
    case ENOSPC:
    case EDQUOT:
      return reason + "; what was there before is unchanged: free some space and run again";
    case ELOOP:
      return reason + "; expected the path of a file";
    default:
      return reason;
  }
}

}  // namespace skol
