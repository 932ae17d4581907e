// SPDX-License-Identifier: Apache-2.0
#include "training/training_set.h"

#include <cmath>

#include "base/fail.h"
#include "windows/sliding_window.h"

namespace skol {
namespace {

// The label of line i, collapsed where asked for; empty for none.
std::string label_of(const Document& document, std::size_t i, bool collapse) {
  if (document.labels.empty() || document.labels[i] == kNoLabel) return "";
  const std::string& name = document.label_names[static_cast<std::size_t>(document.labels[i])];
  return collapse ? collapse_label(name) : name;
}

// Columns of comparable size: without it the rare words of large IDF drown the others.
std::vector<float> scale_columns(SparseRows& rows, std::size_t columns) {
  std::vector<double> squares(columns, 0.0);
  for (std::size_t j = 0; j < rows.entries(); ++j) {
    squares[rows.columns[j]] += static_cast<double>(rows.values[j]) * rows.values[j];
  }
  std::vector<float> scale(columns, 1.0f);
  for (std::size_t c = 0; c < columns; ++c) {
    if (squares[c] <= 0) continue;
    scale[c] = static_cast<float>(1.0 / std::sqrt(squares[c] / static_cast<double>(rows.size())));
  }
  for (std::size_t j = 0; j < rows.entries(); ++j) rows.values[j] *= scale[rows.columns[j]];
  return scale;
}

}  // namespace

TrainingSet make_training_set(const std::vector<const Document*>& documents,
                              const TrainingOptions& options) {
  const bool collapse = options.labels == "collapsed";
  std::map<std::string, std::size_t> counts;
  VectorizerBuilder builder({options.word_vocab_size, options.suffix_vocab_size,
                             options.min_doc_freq, options.suffix_vocab_size > 0});
  for (const Document* document : documents) {
    for (std::size_t i = 0; i < document->lines.size(); ++i) {
      if (!is_classified(document->line(i))) continue;
      builder.add_line(document->line(i));
      if (auto label = label_of(*document, i, collapse); !label.empty()) ++counts[label];
    }
  }
  if (counts.empty()) {
    fail(ErrorKind::kInput,
         "no labelled line in {} training documents: expected blocks like [@ text #Label*]",
         documents.size());
  }
  TrainingSet set{LabelSet::from_counts(counts), counts, builder.build(), {}, {}, {}, {}};
  FeatureScratch scratch;
  for (const Document* document : documents) {
    const std::size_t first = set.rows.size();
    for (std::size_t i = 0; i < document->lines.size(); ++i) {
      if (!is_classified(document->line(i))) continue;
      set.vectorizer.append_row(document->line(i), scratch, set.rows);
      set.row_labels.push_back(set.labels.index(label_of(*document, i, collapse)));
    }
    for (const Window& window :
         sliding_windows(set.rows.size() - first, options.window_size, options.training_stride)) {
      set.windows.push_back({first + window.begin, window.length});
    }
  }
  set.column_scale = scale_columns(set.rows, set.vectorizer.width());
  return set;
}

}  // namespace skol
