// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "skol/document.h"

namespace skol {

struct AnnotatedText {
  std::string text;
  // Lines holding `[@` or `*]`: written as they are, though a reader may take these for markup.
  std::size_t not_round_trip = 0;
};

// `[@ line #label*]`: a line as a block of its own, appended to `text`.
void append_block(std::string_view line, std::string_view label, std::string& text);

// The document with a block `[@ text #label*]` around every classified line that has a label;
// `labels` holds one per line, an index into `label_names` or kNoLabel. Blank lines, page markers
// and lines without a label are written verbatim, every line with the end it was read with.
//
// With `coalesce`, lines that follow each other (by line number) under the same label share one
// block; every line written verbatim, a blank one too, breaks it.
//
// parse_annotated reads back the same text, lines and labels, but for the lines counted in
// not_round_trip. Error kParameter for a number of labels other than that of the lines, an index
// without a name, or a name that cannot stand in a block.
AnnotatedText write_annotated(const Document& document, std::span<const std::int32_t> labels,
                              std::span<const std::string> label_names, bool coalesce);

}  // namespace skol
