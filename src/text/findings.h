// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "skol/document.h"

namespace skol {

// A file name fit for one line of a terminal: controls and bytes that are not UTF-8 as \xNN.
std::string printable_name(std::string_view file);

// The message for an irregularity; `marker` is the text that it is about.
std::string describe(DiagnosticKind kind, std::string_view marker);

// Irregularities found while a source is scanned, at most kMaxDiagnosticsPerKind of a kind one by
// one and the rest as a number, so that a hostile file costs no more memory than a plain one.
class Findings {
 public:
  // `size` bytes from `offset` of the source.
  void add(DiagnosticKind kind, std::size_t offset, std::size_t size);

  // Appends them as diagnostics of `file`, in the order of the source.
  void report(std::string_view file, std::string_view source,
              std::vector<Diagnostic>& diagnostics) const;

 private:
  struct Finding {
    std::size_t offset;
    std::size_t size;
    DiagnosticKind kind;
    std::size_t count;
  };
  static constexpr std::size_t kKinds = static_cast<std::size_t>(DiagnosticKind::kUnknownLabel) + 1;

  std::vector<Finding> findings_;
  std::array<std::size_t, kKinds> seen_{};
  std::array<std::size_t, kKinds>
      last_{};  // index in findings_ of the one that stands for the rest
};

}  // namespace skol
