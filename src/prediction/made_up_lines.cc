// SPDX-License-Identifier: Apache-2.0
#include "prediction/made_up_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "features/classified_lines.h"

namespace skol {
namespace {

// Words of a line; with their suffixes they are some 30 terms, as a line of the corpus has.
constexpr std::size_t kWordsOfLine = 8;
constexpr std::size_t kColumnsOfLine = 32;
// Neighbouring lines have different words: a prime, and no divisor of usual vocabulary sizes.
constexpr std::size_t kStep = 7;
// As many as a line and the next have, so that neighbours differ.
constexpr std::size_t kMadeUpWords = 2 * kWordsOfLine;

Document document_of_rows(std::size_t width, std::size_t lines) {
  Document document;
  document.id = "made up";
  document.lines.resize(lines);
  auto features = std::make_shared<GivenFeatures>();
  features->width = width;
  features->classified.assign(lines, true);
  const std::size_t count = std::min(width, kColumnsOfLine);
  const std::vector<float> values(count, 0.5f);
  std::vector<std::uint32_t> columns(count);
  for (std::size_t line = 0; line < lines; ++line) {
    const std::size_t first = kStep * line % (width - count + 1);
    for (std::size_t c = 0; c < count; ++c) columns[c] = static_cast<std::uint32_t>(first + c);
    features->rows.append(columns, values);
  }
  document.features = std::move(features);
  return document;
}

}  // namespace

Document made_up_document(const Vectorizer& vectorizer, std::size_t width, std::size_t lines) {
  if (vectorizer.width() == 0) return document_of_rows(width, lines);
  std::vector<std::string> words = vectorizer.words();
  // A vocabulary of suffixes alone, or of hashes, has no words to write lines with.
  for (std::size_t i = 0; words.size() < kMadeUpWords; ++i)
    words.push_back(fmt::format("word{}", i));
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    for (std::size_t w = 0; w < kWordsOfLine; ++w) {
      text.append(words[(kStep * i + w) % words.size()]).push_back(' ');
    }
    text += "x\n";
  }
  return parse_raw("made up", text, TextErrors::kStrict);
}

}  // namespace skol
