// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace skol {

// What scripts may rely on; 128 + signal where a signal ended the run.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitMemory = 3;
inline constexpr int kExitModel = 4;

// A failure whose exit status does not follow from the kind of a library error: a command line that
// cannot be understood, or the model among the files that are not there.
class CommandFailure : public std::runtime_error {
 public:
  CommandFailure(int status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

// Throws the CommandFailure for a command line that cannot be understood.
template <typename... Args>
[[noreturn]] void fail_usage(fmt::format_string<Args...> format, Args&&... args) {
  throw CommandFailure(kExitUsage, fmt::format(format, std::forward<Args>(args)...));
}

struct Ending {
  int status = kExitDone;
  std::string message;
};

// How the command ends on this exception. A run that was interrupted ends as interrupted, whatever
// the interruption made fail first.
Ending ending_of(const std::exception_ptr& error);

}  // namespace skol
