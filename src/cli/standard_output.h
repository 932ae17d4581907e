// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skol {

// A standard stream that was closed when the process began is opened such that using it fails;
// otherwise the next file opened would take its number, and be written to by mistake.
void reserve_standard_streams();

// Standard output with nothing lost in silence: a pipe nobody reads, a full disk and a closed
// stream are Errors of kStorage. For one thread.
class StandardOutput {
 public:
  // Appends. Small pieces are gathered into writes of 64 KiB.
  void write(std::string_view bytes);
  // To be called after the last write, or what is left in the buffer is lost.
  void flush();

 private:
  std::string buffer_;
};

// One text, flushed.
void print_to_stdout(std::string_view text);

// Whole lines on standard error, where no failure can be reported any more.
void print_to_stderr(std::string_view text);

// "skol: warning: message" and a line end on standard error.
void warn(std::string_view message);

}  // namespace skol
