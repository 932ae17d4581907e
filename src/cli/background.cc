// SPDX-License-Identifier: Apache-2.0
#include "cli/background.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "cli/exit_status.h"
#include "cli/standard_output.h"

namespace skol {
namespace {

constexpr int kToParent = 3;  // the file that says so there

void close_from(int first) {
  const long most = ::sysconf(_SC_OPEN_MAX);
  if (::close_range(static_cast<unsigned>(first), ~0u, 0) == 0) return;
  for (int fd = first; fd < most; ++fd) ::close(fd);  // a kernel before 5.9
}

}  // namespace

std::optional<int> go_into_background() {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return kExitFailed;
  const pid_t child = ::fork();
  if (child < 0) return kExitFailed;
  if (child == 0) {
    ::setsid();
    if (ends[1] != kToParent) ::dup2(ends[1], kToParent);
    close_from(kToParent + 1);
    return std::nullopt;
  }
  ::close(ends[1]);
  char ready = 0;
  ssize_t got = 0;
  while ((got = ::read(ends[0], &ready, 1)) < 0 && errno == EINTR) {
  }
  ::close(ends[0]);
  if (got == 1) return kExitDone;
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : kExitFailed;
}

void tell_background_parent() {
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < kToParent; ++fd) ::dup2(nowhere, fd);
  ::close(nowhere);
  // A folder that was this one's may go.
  if (::chdir("/") != 0) return;
  const char ready = 1;
  while (::write(kToParent, &ready, 1) < 0 && errno == EINTR) {
  }
  ::close(kToParent);
}

}  // namespace skol
