// SPDX-License-Identifier: Apache-2.0
#include "text/annotation_writer.h"

#include "base/fail.h"
#include "base/in_quotes.h"
#include "text/yedda.h"

namespace skol {
namespace {

std::string_view bytes_of(LineEnd end) {
  switch (end) {
    case LineEnd::kNone:
      return "";
    case LineEnd::kLf:
      return "\n";
    case LineEnd::kCrLf:
      return "\r\n";
  }
  return "";
}

void check(const Document& document, std::span<const std::int32_t> labels,
           std::span<const std::string> label_names) {
  if (labels.size() != document.lines.size()) {
    fail(ErrorKind::kParameter, "{}: {} labels for {} lines; give one label per line",
         printable_name(document.id), labels.size(), document.lines.size());
  }
  for (const std::int32_t label : labels) {
    if (label < kNoLabel || (label >= 0 && static_cast<std::size_t>(label) >= label_names.size())) {
      fail(ErrorKind::kParameter, "{}: label index {} with {} label names",
           printable_name(document.id), label, label_names.size());
    }
  }
  for (const std::string& name : label_names) {
    if (!is_label_name(name)) {
      fail(ErrorKind::kParameter,
           "label {} cannot be written: a label is a letter, then letters, digits, '-' and '_'",
           in_quotes(name));
    }
  }
}

class Writer {
 public:
  Writer(const Document& document, std::span<const std::int32_t> labels,
         std::span<const std::string> label_names)
      : document_(document), labels_(labels), label_names_(label_names) {
    // Per block `[@ `, ` #` and `*]` besides the label: 7 bytes and some.
    constexpr std::size_t kMarksPerLine = 24;
    out_.text.reserve(document.text.size() + kMarksPerLine * document.lines.size());
  }

  AnnotatedText run(bool coalesce) && {
    const std::size_t line_count = document_.lines.size();
    for (std::size_t i = 0; i < line_count; ++i) {
      if (!in_block(i)) {
        append_line(i);
        append_end(i);
        continue;
      }
      out_.text.append(kBlockOpener).append(" ");
      append_line(i);
      while (coalesce && i + 1 < line_count && labels_[i + 1] == labels_[i] && in_block(i + 1)) {
        append_end(i);
        append_line(++i);
      }
      const std::string& label = label_names_[static_cast<std::size_t>(labels_[i])];
      out_.text.append(" #").append(label).append(kBlockEnd);
      append_end(i);
    }
    return std::move(out_);
  }

 private:
  bool in_block(std::size_t i) const {
    return labels_[i] != kNoLabel && is_classified(document_.line(i));
  }
  void append_line(std::size_t i) {
    const std::string_view line = document_.line(i);
    if (line.find(kBlockOpener) != line.npos || line.find(kBlockEnd) != line.npos) {
      ++out_.not_round_trip;
    }
    out_.text.append(line);
  }
  void append_end(std::size_t i) { out_.text.append(bytes_of(document_.lines[i].end)); }

  const Document& document_;
  std::span<const std::int32_t> labels_;
  std::span<const std::string> label_names_;
  AnnotatedText out_;
};

}  // namespace

void append_block(std::string_view line, std::string_view label, std::string& text) {
  text.append(kBlockOpener).append(" ").append(line).append(" #").append(label).append(kBlockEnd);
}

AnnotatedText write_annotated(const Document& document, std::span<const std::int32_t> labels,
                              std::span<const std::string> label_names, bool coalesce) {
  check(document, labels, label_names);
  return Writer(document, labels, label_names).run(coalesce);
}

}  // namespace skol
