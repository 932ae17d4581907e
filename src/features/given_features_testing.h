// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "features/classified_lines.h"

namespace skol {

// The document with the features that the vectorizer makes of its text, as if they had come with
// it. The labels of a model are `label_names`, which hold those of the document.
inline Document with_features(const Document& document, const Vectorizer& vectorizer,
                              const std::vector<std::string>& label_names = {}) {
  const ClassifiedLines lines(document);
  GivenFeatures given;
  given.width = vectorizer.width();
  given.classified.resize(document.lines.size());
  FeatureScratch scratch;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    given.classified[lines.number(i)] = true;
    lines.append_row(i, vectorizer, scratch, given.rows);
  }
  Document out = document;
  for (std::int32_t& label : out.labels) {
    if (label == kNoLabel) continue;
    const std::string& name = document.label_names[static_cast<std::size_t>(label)];
    for (label = 0; label_names.at(static_cast<std::size_t>(label)) != name;) ++label;
  }
  out.label_names = label_names;
  out.features = std::make_shared<const GivenFeatures>(std::move(given));
  return out;
}

}  // namespace skol
