// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "prediction/document_builder.h"
#include "prediction/line_rows.h"
#include "skol/predictor.h"

namespace skol {

// Rows with their labels, in the layout of Arrow columns.
struct LabelledRows {
  std::vector<std::int32_t> label_index;             // kNoLabel: blank line or page marker
  std::vector<std::int32_t> probability_offsets{0};  // none for a row without a label
  std::vector<float> probabilities;
  std::vector<std::int32_t> annotated_offsets{0};
  std::string annotated;  // `[@ line #label*]`, or the line as it is; empty without the text

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

  // Takes the next rows and returns those that are done by now: rows of earlier calls first. All
  // calls have the same columns, no label. Errors as of DocumentBuilder.
  LabelledRows add(const LineRows& rows);
  // The rest.
  LabelledRows finish();
  const PredictionStats& stats() const { return run_.stats(); }

 private:
  void append(LabelledDocument&& labelled);

  Model model_;
  Predictor predictor_;
  LabelledRows done_;
  PredictionRun run_;
  DocumentBuilder builder_;
  bool has_text_ = true;
};

}  // namespace skol
