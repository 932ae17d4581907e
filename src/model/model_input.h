// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "skol/document.h"
#include "skol/model.h"

namespace skol {

// Error kInput for a model whose features have to come with the lines.
void check_takes_text(const Model& model);

// Error kInput for a model that makes its features from text.
void check_takes_features(const Model& model);

// Error kInput unless the document brings what the model reads: its text, or features of the
// model's width.
void check_input(const Model& model, const Document& document);

}  // namespace skol
