// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace skol {
namespace {

// Set by a signal handler, which can reach nothing but a global.
std::atomic<int> interrupted_by = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait for a lock");

void remember(int signal) {
  interrupted_by = signal;
}

}  // namespace

void watch_interrupts() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction old = {};
    if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = remember;
    // Without SA_RESTART: a read or write that waits returns and sees the flag.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
  }
}

int interrupting_signal() {
  return interrupted_by;
}

void throw_if_interrupted() {
  if (interrupted_by != 0) throw Interrupted();
}

}  // namespace skol
