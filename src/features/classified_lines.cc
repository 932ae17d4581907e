// SPDX-License-Identifier: Apache-2.0
#include "features/classified_lines.h"

namespace skol {

ClassifiedLines::ClassifiedLines(const Document& document) : document_(&document) {
  const GivenFeatures* given = document.features.get();
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    if (given ? given->classified[i] : is_classified(document.line(i))) numbers_.push_back(i);
  }
}

void ClassifiedLines::append_row(std::size_t i, const Vectorizer& vectorizer,
                                 FeatureScratch& scratch, SparseRows& rows) const {
  if (const GivenFeatures* given = document_->features.get()) {
    rows.append(given->rows.row_columns(i), given->rows.row_values(i));
  } else {
    vectorizer.append_row(document_->line(numbers_[i]), scratch, rows);
  }
}

}  // namespace skol
