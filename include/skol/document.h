// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skol {

// What ended a line in the bytes read; written back as it was.
enum class LineEnd : std::uint8_t { kNone, kLf, kCrLf };

// One physical line: bytes [begin, begin + size) of Document::text, without the line end.
struct Line {
  std::size_t begin = 0;
  std::size_t size = 0;
  LineEnd end = LineEnd::kNone;
};

inline constexpr std::int32_t kNoLabel = -1;

struct GivenFeatures;

// A document as the network sees it: its physical lines, and what an annotator said about them.
// Markup never moves a line: lines[i] is line i + 1 of the file it was read from.
struct Document {
  std::string id;
  std::string text;         // UTF-8 with its line ends, without a leading BOM and without markup
  std::vector<Line> lines;  // in order; LF ends a line, one CR before it belongs to the line end
  // One per line, an index into label_names, or kNoLabel for a line outside any block and for every
  // line that is not classified. Empty for raw text.
  std::vector<std::int32_t> labels;
  // In order of first appearance; with `features`, the labels of the model, in its order.
  std::vector<std::string> label_names;
  // Rows of features that came with the lines, which then need no text; null: there are none, and
  // rows are made from the text. All documents of a training have them, or none.
  std::shared_ptr<const GivenFeatures> features;

  // i < lines.size().
  std::string_view line(std::size_t i) const {
    return std::string_view(text).substr(lines[i].begin, lines[i].size);
  }
};

// Whether a line is labelled at all: it is neither blank (nothing but the blanks at which features
// split words: space, tab, LF, VT, FF, CR) nor a page marker `--- PDF Page 12 Label 3 ---`.
bool is_classified(std::string_view line);

// The ways in which an annotated file departs from the grammar.
enum class DiagnosticKind : std::uint8_t {
  kUnterminatedBlock,  // `[@` with no `#label*]` before the next `[@` or the end; kept as text
  kStrayCloser,        // `#label*]` with no open block; kept as text
  kMistypedCloser,     // `*]` with no `#label` before it, as in `@Page-header*]`; kept as text
  kEmptyBlock,         // a block of nothing but blanks and line ends
  kIndentedOpener,     // `[@` after something other than a block on its line
  kUnknownLabel        // a label that a given set of labels does not have
};

struct Diagnostic {
  std::string file;
  std::size_t line = 1;    // from 1, in the file
  std::size_t column = 1;  // from 1, in code points; a BOM does not count
  DiagnosticKind kind = DiagnosticKind::kUnterminatedBlock;
  std::string message;
  // How many irregularities this one stands for: more than 1 only where a kind occurs so often in a
  // document (kMaxDiagnosticsPerKind) that the rest is told in one. Summaries add these up.
  std::size_t count = 1;
};

inline constexpr std::size_t kMaxDiagnosticsPerKind = 10'000;

// "unterminated-block", "stray-closer" ...
std::string_view name(DiagnosticKind kind);

// "file:line:column: kind: message".
std::string to_string(const Diagnostic& diagnostic);

// What to do with bytes that are not UTF-8: an Error, or U+FFFD for each maximal ill-formed part.
enum class TextErrors : std::uint8_t { kStrict, kReplace };

// Text without markup. `id` names the document in messages. Throws Error kInput, "id:line: ...",
// for bytes that are not UTF-8 text, unless they are to be replaced.
Document parse_raw(std::string id, std::string bytes, TextErrors errors);

// Text with blocks `[@text#label*]` (docs/architecture.md, "Annotated text"). Irregularities are
// appended to `diagnostics` in the order of the file; none of them ends the reading, no text is
// lost. Time and memory are linear in the input.
Document parse_annotated(std::string id, std::string bytes, TextErrors errors,
                         std::vector<Diagnostic>& diagnostics);

}  // namespace skol
