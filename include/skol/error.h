// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace skol {

// What went wrong, as far as a caller acts on it: the command maps it to an exit code, Python to an
// exception class.
enum class ErrorKind {
  kInput,      // a document or annotation that cannot be read as asked
  kParameter,  // an option or argument outside what it may be
  kModel,      // bytes that are not a model this version can use
  kNotFound,   // a model or file that is not there or may not be read
  kStorage,    // writing failed: disk full, no permission
  kMemory,     // does not fit in the memory given
  kDevice,     // a device or SIMD target that is not here
  kInternal    // a promise of this library broken: a bug
};

// The one exception of the library. what() is one line that names the value, what was expected and
// what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace skol
