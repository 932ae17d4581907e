// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "skol/predictor.h"

namespace skol {

struct ViewCounts {
  std::size_t documents = 0;
  std::size_t lines = 0;        // physical lines
  std::size_t blank_lines = 0;  // lines without a label
  std::size_t gold_lines = 0;   // labelled by the model and in the annotation
  std::size_t disagreements = 0;
};

// One HTML page of labelled documents in one file, which asks for nothing else: every line with the
// label that the model gives it, in the colour of the label, the stronger the more probable, and
// the label of the annotation where it is another. A script of its own draws the lines that are in
// sight; nothing else may run or be fetched, by a policy in the page. What the documents say stands
// in it as data and is drawn as text. For one thread.
class ViewPage {
 public:
  // `labels` are the model's; those of annotations are collapsed as its were. `made_by` is the
  // command, empty where it is not known.
  ViewPage(std::vector<std::string> labels, bool collapsed, std::string made_by);

  // Keeps what the page says of it, not the document.
  void add(const LabelledDocument& labelled);

  const ViewCounts& counts() const { return counts_; }
  std::string finish() &&;

 private:
  std::int32_t index_of(const std::string& label);

  std::vector<std::string> labels_;  // the model's, then others of annotations
  std::size_t model_labels_;
  bool collapsed_;
  std::string made_by_;
  std::string documents_;  // a <script> with the data of each
  std::string contents_;   // their names and counts, JSON objects with commas between
  ViewCounts counts_;
};

}  // namespace skol
