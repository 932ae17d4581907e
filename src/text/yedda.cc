// SPDX-License-Identifier: Apache-2.0
#include "text/yedda.h"

#include <algorithm>
#include <utility>

#include "text/lines.h"

namespace skol {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

constexpr bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr bool is_label_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool all_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_blank);
}

// One space beside the marks is padding. A line end there needs no care: it ends a line of the
// document, as every line end does, and is no part of any line's text.
std::string_view without_padding(std::string_view text) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Meets the `[@` and `*]` of a source in order.
class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}

  BlockScan run() {
    std::size_t opener = source_.find(kBlockOpener);
    std::size_t end = source_.find(kBlockEnd);
    while (opener != end) {  // both are kNone at the end, and equal nowhere else
      if (opener < end) {
        meet_opener(opener);
        opener = source_.find(kBlockOpener, opener + kBlockOpener.size());
      } else {
        meet_end(end);
        end = source_.find(kBlockEnd, end + kBlockEnd.size());
      }
    }
    leave_unterminated();
    return std::move(scan_);
  }

 private:
  void leave_unterminated() {
    if (open_ == kNone) return;
    scan_.findings.add(DiagnosticKind::kUnterminatedBlock, open_, kBlockOpener.size());
  }

  void meet_opener(std::size_t at) {
    if (open_ != kNone) {
      leave_unterminated();
    } else if (!is_at_start(at)) {
      scan_.findings.add(DiagnosticKind::kIndentedOpener, at, kBlockOpener.size());
    }
    open_ = at;
    passed_ = at + kBlockOpener.size();
    after_block_ = false;
  }

  // Whether `[@` at `at` is the first of its line, or has only blanks between it and a block.
  bool is_at_start(std::size_t at) const {
    const std::string_view between = source_.substr(passed_, at - passed_);
    const std::size_t last_lf = between.rfind('\n');
    if (last_lf != kNone) return last_lf + 1 == between.size();
    return after_block_ ? all_blank(between) : at == 0;
  }

  // `*]` at `at`: with `#label` before it, it ends a block. The label cannot reach back beyond the
  // last mark, so no byte is looked at for two of them.
  void meet_end(std::size_t at) {
    std::size_t label = at;
    while (label > passed_ && is_label_character(source_[label - 1])) --label;
    const bool has_mark = label > passed_ && label < at && is_letter(source_[label]);
    const char mark = has_mark ? source_[label - 1] : '\0';
    passed_ = at + kBlockEnd.size();
    after_block_ = mark == '#' && open_ != kNone;
    if (after_block_) {
      close_block(label, at);
    } else if (mark == '#') {
      scan_.findings.add(DiagnosticKind::kStrayCloser, label - 1, passed_ - (label - 1));
    } else {
      const std::size_t begin = mark == '@' ? label - 1 : at;
      scan_.findings.add(DiagnosticKind::kMistypedCloser, begin, passed_ - begin);
    }
  }

  void close_block(std::size_t label, std::size_t at) {
    const std::size_t begin = open_ + kBlockOpener.size();
    const std::string_view text = without_padding(source_.substr(begin, label - 1 - begin));
    if (all_blank(text)) {
      scan_.findings.add(DiagnosticKind::kEmptyBlock, open_, kBlockOpener.size());
    }
    scan_.blocks.push_back({open_, passed_, text, source_.substr(label, at - label)});
    open_ = kNone;
  }

  std::string_view source_;
  BlockScan scan_;
  std::size_t open_ = kNone;  // the `[@` of the open block
  std::size_t passed_ = 0;    // end of the last mark met
  bool after_block_ = false;  // that mark ended a block
};

}  // namespace

BlockScan scan_blocks(std::string_view source) {
  return Scanner(source).run();
}

bool is_label_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), is_label_character);
}

}  // namespace skol
