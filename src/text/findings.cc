// SPDX-License-Identifier: Apache-2.0
#include "text/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/in_quotes.h"
#include "text/utf8.h"

namespace skol {
namespace {

// The text of a marker in a message; a hostile label may be megabytes long.
constexpr std::size_t kMarkerLimit = 60;

// Line and column of offsets that only grow: every byte is looked at once.
class Position {
 public:
  explicit Position(std::string_view source) : source_(source) {}

  void advance_to(std::size_t offset) {
    const std::string_view passed = source_.substr(offset_, offset - offset_);
    const std::size_t last_lf = passed.rfind('\n');
    if (last_lf == std::string_view::npos) {
      column_ += count_code_points(passed);
    } else {
      line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
      column_ = 1 + count_code_points(passed.substr(last_lf + 1));
    }
    offset_ = offset;
  }
  std::size_t line() const { return line_; }
  std::size_t column() const { return column_; }

 private:
  std::string_view source_;
  std::size_t offset_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
};

}  // namespace

std::string printable_name(std::string_view file) {
  constexpr std::size_t kLongestPath = 4096;
  const std::string quoted = in_quotes(file, kLongestPath);
  return quoted.substr(1, quoted.size() - 2);
}

std::string describe(DiagnosticKind kind, std::string_view marker) {
  switch (kind) {
    case DiagnosticKind::kUnterminatedBlock:
      return "no '#label*]' ends this block before the next '[@' or the end of the file; its text "
             "is kept without a label";
    case DiagnosticKind::kStrayCloser:
      return fmt::format("{} ends no block; kept as text", in_quotes(marker, kMarkerLimit));
    case DiagnosticKind::kMistypedCloser:
      if (marker.front() == '@') {
        return fmt::format("{} ends no block; did you mean {}?", in_quotes(marker, kMarkerLimit),
                           in_quotes(fmt::format("#{}", marker.substr(1)), kMarkerLimit));
      }
      return "'*]' without '#label' before it ends no block; kept as text";
    case DiagnosticKind::kEmptyBlock:
      return "this block holds no text";
    case DiagnosticKind::kIndentedOpener:
      return "'[@' stands neither at the start of its line nor after another block";
    case DiagnosticKind::kUnknownLabel:
      return fmt::format("label {} is not among the labels asked for", in_quotes(marker));
  }
  return "";
}

std::string_view name(DiagnosticKind kind) {
  switch (kind) {
    case DiagnosticKind::kUnterminatedBlock:
      return "unterminated-block";
    case DiagnosticKind::kStrayCloser:
      return "stray-closer";
    case DiagnosticKind::kMistypedCloser:
      return "mistyped-closer";
    case DiagnosticKind::kEmptyBlock:
      return "empty-block";
    case DiagnosticKind::kIndentedOpener:
      return "indented-opener";
    case DiagnosticKind::kUnknownLabel:
      return "unknown-label";
  }
  return "";
}

std::string to_string(const Diagnostic& diagnostic) {
  return fmt::format("{}:{}:{}: {}: {}", printable_name(diagnostic.file), diagnostic.line,
                     diagnostic.column, name(diagnostic.kind), diagnostic.message);
}

void Findings::add(DiagnosticKind kind, std::size_t offset, std::size_t size) {
  const auto k = static_cast<std::size_t>(kind);
  if (++seen_[k] > kMaxDiagnosticsPerKind) {
    ++findings_[last_[k]].count;
    return;
  }
  last_[k] = findings_.size();
  findings_.push_back({offset, size, kind, 1});
}

void Findings::report(std::string_view file, std::string_view source,
                      std::vector<Diagnostic>& diagnostics) const {
  std::vector<Finding> in_order = findings_;
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const Finding& a, const Finding& b) { return a.offset < b.offset; });
  Position position(source);
  for (const Finding& finding : in_order) {
    position.advance_to(finding.offset);
    std::string message = describe(finding.kind, source.substr(finding.offset, finding.size));
    if (finding.count > 1) {
      message += fmt::format(" (and {} more of this kind from here on)", finding.count - 1);
    }
    diagnostics.push_back({std::string(file), position.line(), position.column(), finding.kind,
                           std::move(message), finding.count});
  }
}

}  // namespace skol
