// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "skol/document.h"

namespace skol {

// Counts the irregularities of annotated text by kind, and tells each where asked to.
class DiagnosticsLog {
 public:
  using Notice = std::function<void(std::string_view line)>;

  // Each diagnostic is told to `notice` if there is one.
  explicit DiagnosticsLog(Notice notice) : notice_(std::move(notice)) {}

  void add(std::span<const Diagnostic> diagnostics);

  std::size_t total() const { return total_; }
  const std::map<std::string, std::size_t>& kinds() const { return kinds_; }

  // "76 irregularities in the annotation: 40 unterminated-block, ..."; empty without any.
  std::string summary() const;

  // Error of kInput naming the first one, if there was any.
  void fail_if_any() const;

 private:
  Notice notice_;
  std::size_t total_ = 0;
  std::map<std::string, std::size_t> kinds_;
  std::string first_;
};

}  // namespace skol
