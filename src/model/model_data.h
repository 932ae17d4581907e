// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "features/vectorizer.h"
#include "network/line_chain.h"
#include "network/parameters.h"
#include "skol/options.h"
#include "skol/tuned.h"
#include "text/label_set.h"

namespace skol {

// The parts of a Model.
struct ModelData {
  TrainingOptions options;  // strides resolved: none is 0
  std::size_t prediction_batch_size = kDefaultPredictionBatchSize;
  std::string created;
  std::string made_by;
  LabelSet labels;
  Vectorizer vectorizer;  // without terms where features come with the lines
  Parameters parameters;
  std::string settings = "{}";  // a JSON object of whoever uses the model; nothing here reads it
  std::optional<TuningRecord> tuned = {};  // none: never tuned
  LineChain chain = {};                    // of the decoder crf; else empty
  // By which the logits of training were divided to make probabilities honest; the weights have it.
  double temperature = 1;
};

// Half the window, at least 1, where the stride is 0.
std::size_t resolved_stride(std::size_t stride, std::size_t window_size);

// Of the network that these options make; 0: rows are read as they are.
std::size_t embedding_size(const TrainingOptions& options);

}  // namespace skol
