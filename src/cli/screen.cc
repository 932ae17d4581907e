// SPDX-License-Identifier: Apache-2.0
#include "cli/screen.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>

#include "cli/interrupt.h"
#include "cli/standard_output.h"

namespace skol {
namespace {

using Clock = std::chrono::steady_clock;

// xterm's control sequences, which every terminal emulator of today knows: another screen without a
// cursor, on which long lines are cut off, and back.
constexpr std::string_view kEnter = "\033[?1049h\033[?25l\033[?7l";
constexpr std::string_view kLeave = "\033[?7h\033[?25h\033[?1049l";
constexpr std::string_view kTopLeft = "\033[H", kEraseLine = "\033[K", kEraseBelow = "\033[J";

// A signal may come between the look at its flag and the wait.
constexpr std::chrono::milliseconds kStep{100};

// Whether something can be read from `fd` (-1: nothing ever) before the time is over.
bool wait_until(Clock::time_point end, int fd) {
  while (true) {
    throw_if_interrupted();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    struct pollfd input = {fd, POLLIN, 0};
    if (::poll(&input, 1, static_cast<int>(std::min(left, kStep).count())) > 0) return true;
  }
}

Clock::time_point after(double seconds) {
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Screen::Screen() {
  has_keys_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
  if (has_keys_) {
    struct termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    keys.c_cc[VSUSP] = _POSIX_VDISABLE;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  }
  print_to_stdout(kEnter);
}

Screen::~Screen() {
  // Nobody is left to be told that it failed.
  static_cast<void>(!::write(STDOUT_FILENO, kLeave.data(), kLeave.size()));
  if (has_keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void Screen::draw(std::string_view text) {
  std::string out(kTopLeft);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.append(text.substr(0, end)).append(kEraseLine).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // In one piece: a slow line shows the old text or the new one.
  print_to_stdout(out.append(kEraseBelow));
}

std::optional<char> Screen::wait_for_key(double seconds) {
  if (!wait_until(after(seconds), has_keys_ ? STDIN_FILENO : -1)) return std::nullopt;
  char key = 0;
  const ssize_t got = ::read(STDIN_FILENO, &key, 1);
  if (got < 0 && errno == EINTR) return std::nullopt;
  return got == 1 ? key : 'q';
}

void wait(double seconds) {
  wait_until(after(seconds), -1);
}

}  // namespace skol
