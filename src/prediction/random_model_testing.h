// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "model/model_data.h"
#include "skol/document.h"
#include "skol/model.h"

namespace skol {

inline const std::vector<std::string> kWords = {"spores", "hyaline", "new", "species",
                                                "on",     "bark",    "of"};

// Untrained, with labels that depend on the text all the same.
inline Model random_model(std::size_t num_layers = 2, std::size_t window_size = 50,
                          std::size_t stride = 25) {
  TrainingOptions options;
  options.features = "compact";
  options.decoder = "argmax";
  options.hidden_size = 5;
  options.num_layers = num_layers;
  options.window_size = window_size;
  options.prediction_stride = options.training_stride = stride;
  Vectorizer vectorizer(kWords, {"es", "ew"}, std::vector<double>(kWords.size() + 2, 1.5));
  const NetworkShape shape{vectorizer.width(), 5, num_layers, 3};
  return Model(std::make_shared<const ModelData>(
      ModelData{options, 64, "", "", LabelSet({"A", "B", "C"}), std::move(vectorizer),
                initial_parameters(shape, 3)}));
}

// `lines` non-blank lines of known words, every seventh followed by a blank line.
inline Document random_document(const std::string& id, std::size_t lines, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    for (std::size_t w = 0; w <= random() % 4; ++w) text += kWords[random() % kWords.size()] + " ";
    text += i % 7 == 3 ? "\n\n" : "\n";
  }
  return parse_raw(id, text, TextErrors::kStrict);
}

}  // namespace skol
