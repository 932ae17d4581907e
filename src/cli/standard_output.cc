// SPDX-License-Identifier: Apache-2.0
#include "cli/standard_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

#include "base/fail.h"
#include "cli/interrupt.h"

namespace skol {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

// The error number of the failed write, or 0.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      throw_if_interrupted();
      continue;
    }
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void reserve_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number, which is fd; in the direction in which fd is not used.
    static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

void StandardOutput::write(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) flush();
}

void StandardOutput::flush() {
  const int error = write_all(STDOUT_FILENO, buffer_);
  buffer_.clear();
  if (error != 0) {
    fail(ErrorKind::kStorage, "cannot write to standard output: {}",
         std::generic_category().message(error));
  }
}

void print_to_stdout(std::string_view text) {
  StandardOutput output;
  output.write(text);
  output.flush();
}

void print_to_stderr(std::string_view text) {
  try {
    static_cast<void>(write_all(STDERR_FILENO, text));
  } catch (const Interrupted&) {
    // The text is cut off; the run itself notices the interruption.
  }
}

void warn(std::string_view message) {
  print_to_stderr(fmt::format("skol: warning: {}\n", message));
}

}  // namespace skol
