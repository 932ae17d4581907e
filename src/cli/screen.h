// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <optional>
#include <string_view>

namespace skol {

// The terminal that standard output is, for a text that is drawn again and again in its place: what
// was on it comes back at the end. Keys come from standard input, where that is a terminal, one by
// one and unseen. Ctrl-C stays what it is; Ctrl-Z does nothing, for it would leave the terminal so.
class Screen {
 public:
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Lines that end with a line end, no more than the terminal has.
  void draw(std::string_view text);
  // The next key, or nothing after `seconds`; 'q' where no more keys can come.
  std::optional<char> wait_for_key(double seconds);

 private:
  bool has_keys_ = false;
  struct termios before_ = {};
};

// Throws Interrupted where a signal ends the wait.
void wait(double seconds);

}  // namespace skol
