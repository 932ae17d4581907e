// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "report/json_report.h"
#include "skol/document.h"
#include "training/review.h"

namespace skol {

// Contradictions that are one to a reader: lines of a document that follow each other (blank ones
// may stand between) with the same two labels.
struct Finding {
  std::size_t document = 0;
  std::vector<std::size_t> lines;  // in order
  std::vector<float> probabilities;
  std::string gold, predicted;
  float probability = 0;  // the largest of them
};

// The worst first: by the most probable line, then in the order of documents and lines.
std::vector<Finding> findings_of(const std::vector<Document>& documents, const Review& review);

// How often a label was annotated where the models say another, the most frequent first.
struct LabelPair {
  std::string gold, predicted;
  std::size_t lines = 0;
  std::size_t findings = 0;
  std::size_t first = 0;  // the worst of them, an index in the findings
};
std::vector<LabelPair> pairs_of(const std::vector<Finding>& findings);

// A row for each line: doc_id, line_number (from 0), gold, predicted, probability, text; as
// output_format.h has them.
std::string review_tsv(const std::vector<Document>& documents, const Review& review);

// With the keys of the models' scores.
Json review_report(const std::vector<Document>& documents, const Review& review);

}  // namespace skol
