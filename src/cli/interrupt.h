// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

namespace skol {

// Thrown where an interrupted run notices; ending_of() knows the signal.
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};

// From here on SIGINT and SIGTERM raise a flag, so that a run unwinds and removes what it had half
// written; a second one ends the process at once. A signal that the parent ignores stays ignored.
// SIGPIPE and SIGXFSZ no longer end the process: the write that caused them fails and is reported.
void watch_interrupts();

// The signal that came, or 0.
int interrupting_signal();

void throw_if_interrupted();

}  // namespace skol
