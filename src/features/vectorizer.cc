// SPDX-License-Identifier: Apache-2.0
#include "features/vectorizer.h"

#include <algorithm>
#include <cmath>

#include "base/fail.h"
#include "features/lower_case.h"
#include "features/tokenizer.h"

namespace skol {
namespace {

// An IDF is the logarithm of a number of lines, so below ln(2^64) = 44.4. The bound leaves room for
// weights learned elsewhere and keeps count x IDF finite in float32 for any line.
constexpr double kMaxIdf = 1e6;

Vocabulary stored_vocabulary(const std::vector<std::string>& terms, std::string_view kind) {
  Vocabulary vocabulary;
  for (std::size_t index = 0; index < terms.size(); ++index) {
    if (vocabulary.insert(terms[index]) == index) continue;
    fail(ErrorKind::kModel,
         "vocabulary of {}: entry {} repeats entry {}, expected distinct terms: train or fetch the "
         "model anew",
         kind, index, vocabulary.find(terms[index]));
  }
  return vocabulary;
}

void check_idf(std::span<const double> idf, std::size_t terms) {
  if (terms == 0) {
    fail(
        ErrorKind::kModel,
        "vocabulary is empty, expected at least one word or suffix: train or fetch the model anew");
  }
  if (idf.size() != terms) {
    fail(ErrorKind::kModel,
         "{} IDF weights for {} terms, expected one each: train or fetch the model anew",
         idf.size(), terms);
  }
  const auto is_idf = [](double value) { return value >= 0 && value <= kMaxIdf; };
  const auto bad = std::find_if_not(idf.begin(), idf.end(), is_idf);
  if (bad != idf.end()) {
    fail(ErrorKind::kModel,
         "IDF weight {} of term {}, expected 0 to {}: train or fetch the model anew", *bad,
         bad - idf.begin(), kMaxIdf);
  }
}

void count_term(std::uint32_t column, FeatureScratch& scratch) {
  if (scratch.counts[column] == 0) scratch.touched.push_back(column);
  ++scratch.counts[column];
}

}  // namespace

Vectorizer::Vectorizer(const std::vector<std::string>& words,
                       const std::vector<std::string>& suffixes, std::vector<double> idf)
    : words_(stored_vocabulary(words, "words")),
      suffixes_(stored_vocabulary(suffixes, "suffixes")),
      idf_(std::move(idf)) {
  const std::size_t terms = words_.size() + suffixes_.size();
  if (terms >= Vocabulary::kNotFound) {
    fail(ErrorKind::kModel, "{} terms, expected fewer than {}: use smaller vocabularies", terms,
         Vocabulary::kNotFound);
  }
  check_idf(idf_, terms);
}

Vectorizer::Vectorizer(std::span<const std::uint64_t> keys, std::uint32_t groups)
    : rich_(RichVocabulary::make(keys, groups)) {}

void Vectorizer::append_row(std::string_view line, const BlockPlace& place, FeatureScratch& scratch,
                            SparseRows& rows) const {
  if (!is_rich()) return compact_row(line, scratch, rows);
  rows.append_ones(rich_->columns_of(line, place, scratch.rich));
}

void Vectorizer::compact_row(std::string_view line, FeatureScratch& scratch,
                             SparseRows& rows) const {
  // Cleared before use, not after: an exception may have left the last line's counts behind.
  for (const std::uint32_t column : scratch.touched) scratch.counts[column] = 0;
  scratch.touched.clear();
  if (scratch.counts.size() < width()) scratch.counts.resize(width());

  const auto first_suffix = static_cast<std::uint32_t>(words_.size());
  const bool has_suffixes = suffixes_.size() > 0;
  for_each_token(lower_case(line, scratch.lower), [&](std::string_view token) {
    const std::uint32_t word = words_.find(token);
    if (word != Vocabulary::kNotFound) count_term(word, scratch);
    if (!has_suffixes) return;
    for (const std::string_view ending : suffixes_of(token)) {
      const std::uint32_t suffix = suffixes_.find(ending);
      if (suffix != Vocabulary::kNotFound) count_term(first_suffix + suffix, scratch);
    }
  });

  std::sort(scratch.touched.begin(), scratch.touched.end());
  scratch.columns.clear();
  scratch.values.clear();
  for (const std::uint32_t column : scratch.touched) {
    const auto value =
        static_cast<float>(static_cast<double>(scratch.counts[column]) * idf_[column]);
    if (value == 0) continue;
    scratch.columns.push_back(column);
    scratch.values.push_back(value);
  }
  rows.append(scratch.columns, scratch.values);
}

VectorizerBuilder::VectorizerBuilder(const FeatureOptions& options) : options_(options) {
  if (!options_.use_suffixes) options_.suffix_vocab_size = 0;
  if (options_.word_vocab_size == 0 && options_.suffix_vocab_size == 0) {
    fail(ErrorKind::kParameter,
         "word_vocab_size 0 leaves no features, expected at least one word or suffix: raise "
         "word_vocab_size");
  }
}

void VectorizerBuilder::add_line(std::string_view line) {
  ++lines_;
  for_each_token(lower_case(line, lower_), [this](std::string_view token) {
    words_.add(token, lines_);
    if (options_.suffix_vocab_size == 0) return;
    for (const std::string_view ending : suffixes_of(token)) suffixes_.add(ending, lines_);
  });
}

Vectorizer VectorizerBuilder::build() const {
  std::vector<std::string> words;
  std::vector<std::string> suffixes;
  std::vector<double> idf;
  const auto take = [&](std::vector<CountedTerm> counted, std::vector<std::string>& terms) {
    for (CountedTerm& term : counted) {
      const double ratio =
          (static_cast<double>(lines_) + 1) / (static_cast<double>(term.lines) + 1);
      idf.push_back(term.lines < options_.min_doc_freq ? 0.0 : std::log(ratio));
      terms.push_back(std::move(term.term));
    }
  };
  take(words_.most_frequent(options_.word_vocab_size), words);
  take(suffixes_.most_frequent(options_.suffix_vocab_size), suffixes);
  if (idf.empty()) {
    fail(ErrorKind::kInput, "no word in {} training lines, expected some: give annotated text",
         lines_);
  }
  return Vectorizer(words, suffixes, std::move(idf));
}

void RichVectorizerBuilder::add_line(std::string_view line, const BlockPlace& place) {
  if (lines_ == 0xffffffff) fail(ErrorKind::kInput, "{} lines, expected fewer", lines_);
  ++lines_;
  keys_.clear();
  append_rich_features(line, place, options_.groups, words_, keys_);
  for (const std::uint64_t key : keys_) {
    const std::uint32_t number = features_.insert(key);
    if (number >= counts_.size()) counts_.resize(std::size_t{number} + 1);
    Count& count = counts_[number];
    count.lines += count.last_line != lines_;
    count.last_line = lines_;
  }
}

Vectorizer RichVectorizerBuilder::build() const {
  std::vector<std::uint32_t> order;
  for (std::uint32_t number = 0; number < counts_.size(); ++number) {
    if (counts_[number].lines >= options_.min_doc_freq) order.push_back(number);
  }
  if (order.empty()) {
    fail(ErrorKind::kInput, "no feature in {} of {} training lines, expected some: give more text",
         options_.min_doc_freq, lines_);
  }
  const auto keys = features_.keys();
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    if (counts_[left].lines != counts_[right].lines) {
      return counts_[left].lines > counts_[right].lines;
    }
    return keys[left] < keys[right];
  });
  order.resize(std::min(order.size(), options_.vocab_size));
  std::vector<std::uint64_t> kept;
  for (const std::uint32_t number : order) kept.push_back(keys[number]);
  return Vectorizer(kept, options_.groups);
}

}  // namespace skol
