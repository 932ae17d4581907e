// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/sparse_rows.h"
#include "features/vectorizer.h"
#include "skol/document.h"

namespace skol {

// Features that came with the lines of a document, for models that make none from text.
struct GivenFeatures {
  std::size_t width = 0;         // columns of the rows
  std::vector<bool> classified;  // one a line of the document
  SparseRows rows;               // of the classified lines, in order
};

// The lines of a document that are labelled, in order. A view: the document outlives it and stays
// where it is.
class ClassifiedLines {
 public:
  explicit ClassifiedLines(const Document& document);

  const Document& document() const { return *document_; }
  std::size_t size() const { return numbers_.size(); }
  // Which line of the document the i-th of these is.
  std::size_t number(std::size_t i) const { return numbers_[i]; }

  // For each line, whether blank lines or page markers stand between it and the one before.
  std::vector<std::uint8_t> apart() const;

  // Where the i-th line stands between lines that are not labelled: blank ones and page markers.
  BlockPlace place(std::size_t i) const;

  // Adds the row of the i-th line: the one that came with it, else what the vectorizer makes of its
  // text.
  void append_row(std::size_t i, const Vectorizer& vectorizer, FeatureScratch& scratch,
                  SparseRows& rows) const;

 private:
  const Document* document_;
  std::vector<std::size_t> numbers_;
};

}  // namespace skol
