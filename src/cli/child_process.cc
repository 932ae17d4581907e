// SPDX-License-Identifier: Apache-2.0
#include "cli/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include "base/file_descriptor.h"
#include "cli/interrupt.h"

namespace skol {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMostOutput = std::size_t{64} << 10;
// How often a child that does not write is asked whether it has ended.
constexpr milliseconds kStep{20};

// Ends with all that it started.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) { ::setpgid(pid_, pid_); }
  ~Child() {
    ::kill(-pid_, SIGKILL);
    if (!status_) ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Its status once it has ended.
  std::optional<int> status() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return status_;
  }

 private:
  pid_t pid_;
  std::optional<int> status_;
};

// In the child: as a shell would start it, whatever this process does with signals.
[[noreturn]] void become(const std::function<int()>& work, int output) {
  ::setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
  const struct rlimit none = {0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  int status = 1;
  try {
    status = work();
  } catch (...) {  // whatever it is, it must not go on in this process
  }
  ::_exit(status);
}

// Reads what has come; false at the end of it.
bool read_some(int fd, std::string& output) {
  std::array<char, 4096> piece;
  const ssize_t got = ::read(fd, piece.data(), piece.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  const std::size_t room = kMostOutput - std::min(kMostOutput, output.size());
  output.append(piece.data(), std::min(static_cast<std::size_t>(got), room));
  return got > 0;
}

}  // namespace

ChildAnswer in_child(const std::function<int()>& work, milliseconds timeout) {
  const auto end = Clock::now() + timeout;
  ChildAnswer answer;
  answer.status = ChildAnswer::kNotStarted;
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return answer;
  const FileDescriptor from_child(ends[0]);
  FileDescriptor to_parent(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return answer;
  if (pid == 0) become(work, to_parent.get());
  Child child(pid);
  to_parent = FileDescriptor();
  ::fcntl(from_child.get(), F_SETFL, O_NONBLOCK);
  for (bool open = true; Clock::now() < end;) {
    throw_if_interrupted();
    // Whether it has ended is asked before the last look at what it wrote.
    const std::optional<int> status = child.status();
    struct pollfd pipe = {open ? from_child.get() : -1, POLLIN, 0};
    const int ready = ::poll(&pipe, 1, status ? 0 : static_cast<int>(kStep.count()));
    if (ready > 0) {
      open = read_some(from_child.get(), answer.output);
    } else if (status) {
      answer.status = *status;
      return answer;
    }
  }
  answer.timed_out = true;
  return answer;
}

ChildAnswer run_program(const std::vector<std::string>& words, milliseconds timeout) {
  const auto work = [&] {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    return ChildAnswer::kNotStarted;
  };
  return in_child(work, timeout);
}

}  // namespace skol
