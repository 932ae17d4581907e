// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "features/vectorizer.h"
#include "skol/document.h"

namespace skol {

// A document of so many lines to measure on where there is none: about as many known terms a line
// as in prose. Without terms, of a model whose features come with the lines, it brings rows of
// `width` columns.
Document made_up_document(const Vectorizer& vectorizer, std::size_t width, std::size_t lines);

}  // namespace skol
