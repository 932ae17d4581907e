// SPDX-License-Identifier: Apache-2.0
#include "device/shared_region.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "base/fail.h"

namespace skol {
namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;

}  // namespace

SharedRegion::SharedRegion(std::size_t bytes)
    : file_(::memfd_create("skol", MFD_CLOEXEC | MFD_ALLOW_SEALING)), size_(bytes) {
  if (!file_) throw std::bad_alloc();
  const int error = ::posix_fallocate(file_.get(), 0, static_cast<off_t>(bytes));
  if (error != 0 || ::fcntl(file_.get(), F_ADD_SEALS, kSeals) != 0) throw std::bad_alloc();
  map();
}

SharedRegion::SharedRegion(FileDescriptor file, std::size_t bytes)
    : file_(std::move(file)), size_(bytes) {
  struct stat status = {};
  const int seals = ::fcntl(file_.get(), F_GET_SEALS);
  if (::fstat(file_.get(), &status) != 0 || seals < 0 || (seals & F_SEAL_SHRINK) == 0 ||
      bytes == 0 || static_cast<std::uint64_t>(status.st_size) < bytes) {
    fail(ErrorKind::kDevice, "shared memory of {} bytes is not what was sent", bytes);
  }
  map();
}

void SharedRegion::map() {
  void* const mapped = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::byte*>(mapped);
}

SharedRegion::~SharedRegion() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

SharedRegion::SharedRegion(SharedRegion&& other) noexcept
    : file_(std::move(other.file_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

SharedRegion& SharedRegion::operator=(SharedRegion&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace skol
