// SPDX-License-Identifier: Apache-2.0
#include "device/server_start.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <system_error>

#include "base/fail.h"
#include "base/file_descriptor.h"
#include "base/in_quotes.h"
#include "device/wire_socket.h"

namespace skol {
namespace {

using Clock = std::chrono::steady_clock;

// Opening a device takes seconds where many GPUs are.
constexpr std::chrono::seconds kStartPatience{60};

class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

// All that comes until the other ends are closed; false where that took too long.
bool read_all(int fd, Clock::time_point end, std::string& text) {
  constexpr std::size_t kMost = 4096;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    pollfd polled = {fd, POLLIN, 0};
    if (::poll(&polled, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 512> piece;
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got == 0) return true;
    if (got > 0 && text.size() < kMost) text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

// Runs it to its end, which comes when the server listens, or cannot.
std::string run(const std::string& command, const std::string& device) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::generic_category().message(errno);
  const FileDescriptor messages(ends[0]);
  FileDescriptor to_write(ends[1]);
  SpawnActions actions;
  ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDWR, 0);
  ::posix_spawn_file_actions_adddup2(actions.get(), STDIN_FILENO, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(actions.get(), to_write.get(), STDERR_FILENO);
  const std::string idle = std::to_string(kIdleSeconds);
  const std::array<const char*, 8> words = {command.c_str(),  "serve",      "--background",
                                            "--idle-seconds", idle.c_str(), "--device",
                                            device.c_str(),   nullptr};
  pid_t child = 0;
  const int error = ::posix_spawn(&child, command.c_str(), actions.get(), nullptr,
                                  const_cast<char* const*>(words.data()), environ);
  to_write = FileDescriptor();
  if (error != 0) return std::generic_category().message(error);
  std::string text;
  if (!read_all(messages.get(), Clock::now() + kStartPatience, text)) {
    ::kill(child, SIGKILL);
    text = "it does not answer";
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return "";
  return text.empty() ? "it does not say why" : text.substr(0, text.find('\n'));
}

}  // namespace

std::string server_command() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error && self.filename() == "skol") return self.string();
  Dl_info info = {};
  if (::dladdr(reinterpret_cast<const void*>(&server_command), &info) == 0 ||
      info.dli_fname == nullptr) {
    return "";
  }
  const auto module = std::filesystem::weakly_canonical(info.dli_fname, error);
  const auto beside = module.parent_path() / "bin" / "skol";
  return !error && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : "";
}

std::string start_server(const std::string& command, const std::string& device) {
  const std::string folder = socket_folders().front();
  if (!is_private_folder(folder, true)) {
    return fmt::format("the folder {} is not there or not this user's alone", in_quotes(folder));
  }
  const std::string path = socket_path(folder, device);
  const FileDescriptor turn(
      ::open((path + ".start").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!turn) return std::generic_category().message(errno);
  while (::flock(turn.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return std::generic_category().message(errno);
  }
  if (connect_to(path)) return "";
  const std::string why = run(command, device);
  // Another one may have been started by hand meanwhile.
  return why.empty() || connect_to(path) ? "" : why;
}

}  // namespace skol
