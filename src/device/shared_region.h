// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/file_descriptor.h"

namespace skol {

// Memory that two processes have mapped: a memfd (no name, nothing left behind when both are gone).
class SharedRegion {
 public:
  SharedRegion() = default;
  // All of it there before it returns, so that no later access ends the process; std::bad_alloc
  // where it is not. Its size is sealed: it cannot shrink below what the other has mapped.
  explicit SharedRegion(std::size_t bytes);
  // What another process made. Error kDevice unless it is such a file of at least `bytes`.
  SharedRegion(FileDescriptor file, std::size_t bytes);
  ~SharedRegion();
  SharedRegion(SharedRegion&& other) noexcept;
  SharedRegion& operator=(SharedRegion&& other) noexcept;

  const FileDescriptor& file() const { return file_; }
  std::size_t size() const { return size_; }
  template <class T>
  T* at(std::size_t offset) const {
    return reinterpret_cast<T*>(data_ + offset);
  }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  void map();

  FileDescriptor file_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace skol
