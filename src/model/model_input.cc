// SPDX-License-Identifier: Apache-2.0
#include "model/model_input.h"

#include "base/fail.h"
#include "base/in_quotes.h"
#include "features/classified_lines.h"

namespace skol {

void check_takes_text(const Model& model) {
  if (!model.takes_features()) return;
  fail(ErrorKind::kInput,
       "the model was trained on features that came with the lines, in {} columns, and makes none "
       "from text: give it lines with such features, or train a model on text",
       model.input_size());
}

void check_takes_features(const Model& model) {
  if (model.takes_features()) return;
  fail(ErrorKind::kInput,
       "the model makes features from text and takes none that come with the lines: give it text, "
       "or train a model on such features");
}

void check_input(const Model& model, const Document& document) {
  const GivenFeatures* given = document.features.get();
  if (given == nullptr) return check_takes_text(model);
  check_takes_features(model);
  if (given->width != model.input_size()) {
    fail(ErrorKind::kInput, "document {} has features in {} columns: the model expects {}",
         in_quotes(document.id), given->width, model.input_size());
  }
}

}  // namespace skol
