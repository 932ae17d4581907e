// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sparse_rows.h"
#include "features/term_counter.h"
#include "features/vocabulary.h"

namespace skol {

struct FeatureOptions {
  std::size_t word_vocab_size = 800;    // the most words kept
  std::size_t suffix_vocab_size = 200;  // the most suffixes kept
  std::size_t min_doc_freq = 2;         // a term in fewer lines has IDF 0; its column stays
  bool use_suffixes = true;
};

// What one thread needs to vectorize lines, kept from line to line so that no line allocates. It
// may serve several vectorizers in turn. After an exception it is as good as before.
struct FeatureScratch {
  std::string lower;
  std::vector<std::uint64_t> counts;   // by column; 0 except for the touched ones
  std::vector<std::uint32_t> touched;  // columns of the last line
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
};

// From a line to its TF-IDF row, for training and prediction alike. Columns are the words, then the
// suffixes, both in the order of their vocabularies. Immutable and thread-safe.
class Vectorizer {
 public:
  // Without terms: of a model whose features come with the lines.
  Vectorizer() = default;
  // From the parts of a stored model; idf has an entry for every word, then for every suffix.
  // Throws Error kModel where they contradict each other.
  Vectorizer(const std::vector<std::string>& words, const std::vector<std::string>& suffixes,
             std::vector<double> idf);

  // The number of columns.
  std::size_t width() const { return idf_.size(); }
  std::vector<std::string> words() const { return words_.terms(); }
  std::vector<std::string> suffixes() const { return suffixes_.terms(); }
  std::span<const double> idf() const { return idf_; }

  // Adds the line's row: float32 of count x IDF for every known term of it, those of value 0 left
  // out. Time follows the line, not the vocabulary.
  void append_row(std::string_view line, FeatureScratch& scratch, SparseRows& rows) const;

 private:
  Vocabulary words_;
  Vocabulary suffixes_;
  std::vector<double> idf_;
};

// Learns a Vectorizer from training lines, one at a time and in any order: the same lines give the
// same one. Memory follows the distinct terms.
class VectorizerBuilder {
 public:
  explicit VectorizerBuilder(const FeatureOptions& options);

  void add_line(std::string_view line);
  // IDF = ln((m + 1) / (df + 1)) over the m lines so far, df of them holding the term. Throws Error
  // kInput where no line had a term.
  Vectorizer build() const;

 private:
  FeatureOptions options_;
  std::uint64_t lines_ = 0;
  std::string lower_;
  TermCounter words_;
  TermCounter suffixes_;
};

}  // namespace skol
