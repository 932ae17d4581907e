// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sparse_rows.h"
#include "features/key_table.h"
#include "features/rich_features.h"
#include "features/rich_vocabulary.h"
#include "features/term_counter.h"
#include "features/vocabulary.h"

namespace skol {

struct FeatureOptions {
  std::size_t word_vocab_size = 800;    // the most words kept
  std::size_t suffix_vocab_size = 200;  // the most suffixes kept
  std::size_t min_doc_freq = 2;         // a term in fewer lines has IDF 0; its column stays
  bool use_suffixes = true;
};

struct RichOptions {
  std::size_t vocab_size = 16384;  // the most features kept
  std::size_t min_doc_freq = 2;    // a feature of fewer lines is left out
  std::uint32_t groups = kAllFeatureGroups;
};

// What one thread needs to vectorize lines, kept from line to line so that no line allocates. It
// may serve several vectorizers in turn. After an exception it is as good as before.
struct FeatureScratch {
  std::string lower;
  std::vector<std::uint64_t> counts;   // by column; 0 except for the touched ones
  std::vector<std::uint32_t> touched;  // columns of the last line
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
  RichScratch rich;
};

// From a line to its sparse row, for training and prediction alike; immutable and thread-safe.
// Compact: a TF-IDF row, whose columns are the words, then the suffixes, both in the order of their
// vocabularies. Rich: 1 for every known feature of rich_features.h that the line has.
class Vectorizer {
 public:
  // Without terms: of a model whose features come with the lines.
  Vectorizer() = default;
  // From the parts of a stored model; idf has an entry for every word, then for every suffix.
  // Throws Error kModel where they contradict each other.
  Vectorizer(const std::vector<std::string>& words, const std::vector<std::string>& suffixes,
             std::vector<double> idf);
  // Rich, from the keys of its columns and the groups that they are of. Throws Error kModel for no
  // key, a key of 0 or one that comes twice.
  Vectorizer(std::span<const std::uint64_t> keys, std::uint32_t groups);

  // The number of columns.
  std::size_t width() const { return is_rich() ? rich_->size() : idf_.size(); }
  bool is_rich() const { return rich_ != nullptr; }
  std::span<const std::uint64_t> keys() const {
    return is_rich() ? rich_->keys() : std::span<const std::uint64_t>();
  }
  std::vector<std::string> words() const { return words_.terms(); }
  std::vector<std::string> suffixes() const { return suffixes_.terms(); }
  std::span<const double> idf() const { return idf_; }

  // Adds the line's row. Compact: float32 of count x IDF for every known term of it, those of value
  // 0 left out, columns ascending. Rich: columns in the order of the line's features. Time follows
  // the line, not the vocabulary.
  void append_row(std::string_view line, const BlockPlace& place, FeatureScratch& scratch,
                  SparseRows& rows) const;
  // Of a line between blank ones.
  void append_row(std::string_view line, FeatureScratch& scratch, SparseRows& rows) const {
    append_row(line, {}, scratch, rows);
  }

  // Which columns tell how a line is built and not what it says, as far as these lines show: those
  // of the line's shapes and layout get 1. form.size() == width(); of rich features only.
  void mark_form(std::string_view line, const BlockPlace& place, FeatureScratch& scratch,
                 std::vector<std::uint8_t>& form) const {
    rich_->mark_form(line, place, scratch.rich, form);
  }

 private:
  void compact_row(std::string_view line, FeatureScratch& scratch, SparseRows& rows) const;

  Vocabulary words_;
  Vocabulary suffixes_;
  std::vector<double> idf_;
  std::shared_ptr<const RichVocabulary> rich_;  // or none
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

// The same for rich features: keeps those of most lines, equals by their keys.
class RichVectorizerBuilder {
 public:
  explicit RichVectorizerBuilder(const RichOptions& options) : options_(options) {}

  void add_line(std::string_view line, const BlockPlace& place);
  // Throws Error kInput where no feature is left.
  Vectorizer build() const;

 private:
  struct Count {
    std::uint32_t lines = 0, last_line = 0;
  };
  RichOptions options_;
  std::uint32_t lines_ = 0;
  LineWords words_;
  std::vector<std::uint64_t> keys_;
  KeyTable features_;
  std::vector<Count> counts_;  // by number in features_
};

}  // namespace skol
