// SPDX-License-Identifier: Apache-2.0
#include "features/classified_lines.h"

#include <algorithm>

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
    const std::string_view line = document_->line(numbers_[i]);
    vectorizer.append_row(line, vectorizer.is_rich() ? place(i) : BlockPlace(), scratch, rows);
  }
}

std::vector<std::uint8_t> ClassifiedLines::apart() const {
  std::vector<std::uint8_t> apart(size(), 0);
  for (std::size_t i = 1; i < size(); ++i) apart[i] = numbers_[i] > numbers_[i - 1] + 1;
  return apart;
}

BlockPlace ClassifiedLines::place(std::size_t i) const {
  const auto most = [](std::size_t count) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(count, BlockPlace::kMost));
  };
  const std::size_t number = numbers_[i], n = numbers_.size();
  std::size_t before = 0, after = 0;
  while (before < std::min<std::size_t>(i, BlockPlace::kMost) &&
         numbers_[i - before - 1] + before + 1 == number) {
    ++before;
  }
  while (after < BlockPlace::kMost && i + after + 1 < n &&
         numbers_[i + after + 1] == number + after + 1) {
    ++after;
  }
  const std::size_t end = document_->lines.size();
  return {before > 0 ? 0 : most(i == 0 ? number : number - numbers_[i - 1] - 1),
          after > 0 ? 0 : most((i + 1 == n ? end : numbers_[i + 1]) - number - 1), most(before),
          most(after)};
}

}  // namespace skol
