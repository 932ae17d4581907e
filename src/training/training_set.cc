// SPDX-License-Identifier: Apache-2.0
#include "training/training_set.h"

#include <cmath>

#include "base/fail.h"
#include "base/in_quotes.h"
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

// As far as features come with the lines, they are of one width and for the same labels.
void check_alike(const std::vector<const Document*>& documents, bool collapse) {
  const Document& first = *documents.front();
  for (const Document* document : documents) {
    const GivenFeatures *a = first.features.get(), *b = document->features.get();
    if (!a && !b) continue;
    if (collapse) {
      fail(ErrorKind::kParameter,
           "labels is 'collapsed', but the features of {} came with it: expected 'all', the labels "
           "as they are",
           in_quotes(document->id));
    }
    if (!a || !b || a->width != b->width || first.label_names != document->label_names) {
      fail(ErrorKind::kInput,
           "documents {} and {} have features of their own in {} and {} columns: expected one "
           "width, and the same labels, in all documents or features in none",
           in_quotes(first.id), in_quotes(document->id), a ? a->width : 0, b ? b->width : 0);
    }
  }
}

// Gives the lines of labels that are rarer than `least` to kOtherLabel.
void fold_rare_labels(std::map<std::string, std::size_t>& counts, std::size_t least) {
  std::size_t folded = 0;
  for (auto at = counts.begin(); at != counts.end();) {
    const bool stays = at->second >= least || at->first == kOtherLabel;
    if (!stays) folded += at->second;
    at = stays ? std::next(at) : counts.erase(at);
  }
  if (folded > 0) counts[std::string(kOtherLabel)] += folded;
}

std::map<std::string, std::size_t> count_labels(const std::vector<ClassifiedLines>& documents,
                                                bool collapse) {
  std::map<std::string, std::size_t> counts;
  for (const ClassifiedLines& lines : documents) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string label = label_of(lines.document(), lines.number(i), collapse);
      if (!label.empty()) ++counts[label];
    }
  }
  if (counts.empty()) {
    fail(ErrorKind::kInput,
         "no labelled line in {} training documents: expected blocks like [@ text #Label*], or "
         "labels beside the lines",
         documents.size());
  }
  return counts;
}

Vectorizer learn_rich_vectorizer(const std::vector<ClassifiedLines>& documents,
                                 const TrainingOptions& options) {
  RichVectorizerBuilder builder({options.feature_vocab_size, options.min_doc_freq,
                                 parse_feature_groups(options.feature_groups)});
  for (const ClassifiedLines& lines : documents) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      builder.add_line(lines.document().line(lines.number(i)), lines.place(i));
    }
  }
  return builder.build();
}

Vectorizer learn_vectorizer(const std::vector<ClassifiedLines>& documents,
                            const TrainingOptions& options) {
  if (options.features == "rich") return learn_rich_vectorizer(documents, options);
  VectorizerBuilder builder({options.word_vocab_size, options.suffix_vocab_size,
                             options.min_doc_freq, options.suffix_vocab_size > 0});
  for (const ClassifiedLines& lines : documents) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      builder.add_line(lines.document().line(lines.number(i)));
    }
  }
  return builder.build();
}

std::vector<std::uint8_t> columns_of_form(const std::vector<ClassifiedLines>& documents,
                                          const Vectorizer& vectorizer, FeatureScratch& scratch) {
  std::vector<std::uint8_t> form(vectorizer.width(), 0);
  for (const ClassifiedLines& lines : documents) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      vectorizer.mark_form(lines.document().line(lines.number(i)), lines.place(i), scratch, form);
    }
  }
  return form;
}

}  // namespace

TrainingSet make_training_set(const std::vector<const Document*>& documents,
                              const TrainingOptions& options) {
  const bool collapse = options.labels == "collapsed";
  std::vector<ClassifiedLines> classified;
  for (const Document* document : documents) classified.emplace_back(*document);

  TrainingSet set;
  set.label_counts = count_labels(classified, collapse);  // of one document at least
  check_alike(documents, collapse);
  const GivenFeatures* given = documents.front()->features.get();
  if (given) {
    set.labels = LabelSet(documents.front()->label_names);
    for (const std::string& name : set.labels.names()) set.label_counts.try_emplace(name, 0);
    set.width = given->width;
  } else {
    fold_rare_labels(set.label_counts, options.min_label_count);
    set.labels = LabelSet::from_counts(set.label_counts);
    set.vectorizer = learn_vectorizer(classified, options);
    set.width = set.vectorizer.width();
  }
  FeatureScratch scratch;
  if (set.vectorizer.is_rich()) set.form = columns_of_form(classified, set.vectorizer, scratch);
  for (const ClassifiedLines& lines : classified) {
    const std::size_t first = set.rows.size();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      lines.append_row(i, set.vectorizer, scratch, set.rows);
      const std::string label = label_of(lines.document(), lines.number(i), collapse);
      const std::int32_t index = set.labels.index(label);
      const bool folded = index == kNoLabel && !label.empty();
      set.row_labels.push_back(folded ? set.labels.index(kOtherLabel) : index);
    }
    for (const Window& window :
         sliding_windows(lines.size(), options.window_size, options.training_stride)) {
      set.windows.push_back({first + window.begin, window.length});
    }
  }
  if (!set.vectorizer.is_rich()) set.column_scale = scale_columns(set.rows, set.width);
  return set;
}

}  // namespace skol
