// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "skol/predictor.h"

namespace skol {

// How a labelled document is written. Blank lines and page markers stand in annotated text verbatim
// and have no row in the others, which are for programs:
//   kLabels         TSV: doc_id, line_number (from 0), predicted_label
//   kProbabilities  the same and a column for each label of the model
//   kJsonLines      {"doc_id":..., "line_number":..., "label":..., "probabilities":{NAME: p, ...}}
// Numbers are the shortest decimals that read back as the same float32. In TSV a tab, line feed,
// carriage return or backslash in a name is written \t, \n, \r or \\; in JSON, bytes that are not
// UTF-8 become U+FFFD.
enum class OutputFormat { kAnnotated, kLabels, kProbabilities, kJsonLines };

// From "annotated", "labels", "probs" or "jsonl"; else Error kParameter.
OutputFormat parse_output_format(std::string_view name);

// ".ann", ".tsv" or ".jsonl".
std::string_view extension(OutputFormat format);

// A value of TSV, escaped as above.
std::string tsv_field(std::string_view text);

// Writes documents labelled by one model. For one thread.
class OutputFormatter {
 public:
  // `coalesce` concerns annotated text (annotation_writer.h). unsure_below: rows say whether their
  // label is less probable than this, in a last column or member "unsure"; 0: they do not.
  OutputFormatter(OutputFormat format, const std::vector<std::string>& labels, bool coalesce,
                  double unsure_below = 0);

  // What a file begins with: the names of the columns, or nothing.
  const std::string& header() const { return header_; }

  // Hands out the text in pieces, in order, so that a long document takes no memory to write.
  using Write = std::function<void(std::string_view text)>;
  void write(const LabelledDocument& labelled, const Write& write);

  // Lines written so far that a reader of annotated text may misread (annotation_writer.h).
  std::size_t not_round_trip() const { return not_round_trip_; }
  // Rows written so far whose label is unsure.
  std::size_t unsure_lines() const { return unsure_lines_; }

 private:
  void write_annotated_text(const LabelledDocument& labelled, const Write& write);
  void append_row(const LabelledDocument& labelled, std::size_t line, std::string& text);

  OutputFormat format_;
  std::vector<std::string> labels_;
  bool coalesce_;
  double unsure_below_;
  std::string header_;
  std::vector<std::string> values_;  // a label's name where it is the value of a row
  std::vector<std::string> keys_;    // what stands before its probability
  std::size_t not_round_trip_ = 0, unsure_lines_ = 0;
  std::string row_begin_;  // the row of the present document up to the line number
};

}  // namespace skol
