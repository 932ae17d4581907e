// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "skol/predictor.h"

namespace skol {

// Columns as Apache Arrow keeps them in memory
// (https://arrow.apache.org/docs/format/Columnar.html): views, valid during the call they are given
// to. `first` is where the array begins.
struct ValidityBitmap {
  const std::uint8_t* bits = nullptr;  // nullptr: no value is null
  std::size_t first = 0;
  bool operator[](std::size_t i) const {
    return bits == nullptr || (bits[(first + i) / 8] >> ((first + i) % 8) & 1) != 0;
  }
};

struct TextColumn {
  ValidityBitmap valid;
  const std::int32_t* offsets = nullptr;  // of `first` on, one more than there are rows
  const char* bytes = nullptr;
  std::string_view operator[](std::size_t i) const {
    return {bytes + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i])};
  }
};

struct NumberColumn {
  ValidityBitmap valid;
  const std::int64_t* values = nullptr;  // of `first` on
  std::int64_t operator[](std::size_t i) const { return values[i]; }
};

// A table of lines. A document is a (doc_id, attachment_name).
struct LineRows {
  std::size_t size = 0;
  TextColumn doc_id;
  std::optional<TextColumn> attachment_name;
  NumberColumn line_number;
  TextColumn value;  // null: an empty line
};

// Rows with their labels, in the layout of Arrow columns.
struct LabelledRows {
  std::vector<std::int32_t> label_index;             // kNoLabel: blank line or page marker
  std::vector<std::int32_t> probability_offsets{0};  // none for a row without a label
  std::vector<float> probabilities;
  std::vector<std::int32_t> annotated_offsets{0};
  std::string annotated;  // `[@ line #label*]`, or the line as it is

  std::size_t size() const { return label_index.size(); }
};

// Rows of lines in, labelled rows out, in the same order. The rows of a document stand together and
// its line numbers ascend. Windows of all documents are pooled into batches. For one thread.
class LineStream {
 public:
  LineStream(const Model& model, const PredictionOptions& options, Predictor::Look look = {});
  // Its run hands documents to this very object.
  LineStream(const LineStream&) = delete;
  LineStream& operator=(const LineStream&) = delete;

  // Takes the next rows and returns those that are done by now: rows of earlier calls first.
  // Error kInput, naming document and line, for a null or empty doc_id, and a line number that is
  // null or does not ascend.
  LabelledRows add(const LineRows& rows);
  // The rest.
  LabelledRows finish();
  const PredictionStats& stats() const { return run_.stats(); }

 private:
  void begin_document(const LineRows& rows, std::size_t row);
  void end_document();
  void append(LabelledDocument&& labelled);

  Model model_;
  Predictor predictor_;
  LabelledRows done_;
  PredictionRun run_;
  // The document that the next row may go on with.
  std::optional<Document> document_;
  std::string doc_id_, attachment_name_;
  std::int64_t line_number_ = 0;
};

}  // namespace skol
