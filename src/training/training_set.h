// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/sparse_rows.h"
#include "features/classified_lines.h"
#include "network/lstm_direction.h"
#include "skol/document.h"
#include "skol/options.h"
#include "text/label_set.h"

namespace skol {

// What the network trains on: every classified line of the training documents as a row, those
// outside annotated blocks with a label below 0.
struct TrainingSet {
  LabelSet labels;
  std::map<std::string, std::size_t> label_counts;
  Vectorizer vectorizer;  // without terms where features came with the lines
  std::size_t width = 0;  // columns of the rows
  SparseRows rows;        // scaled: column c by column_scale[c]
  // 1 / root mean square of the column over the rows; empty for rich features, all 1 as they are.
  std::vector<float> column_scale;
  // Rich features: 1 where a column tells how lines are built and not what they say; else empty.
  std::vector<std::uint8_t> form;
  std::vector<std::int32_t> row_labels;
  std::vector<WindowRows> windows;
};

// Errors: kInput where no line has a label or no line a word; where features come with some
// documents and not with others, in another width or for other labels; kParameter where such labels
// are to be collapsed.
TrainingSet make_training_set(const std::vector<const Document*>& documents,
                              const TrainingOptions& options);

}  // namespace skol
