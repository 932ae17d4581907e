// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "skol/document.h"
#include "skol/metrics.h"
#include "skol/options.h"
#include "skol/trainer.h"

namespace skol {

// A line to which a model that has not seen its document gives another label than the annotation.
struct Contradiction {
  std::size_t document = 0;  // an index in the documents given
  std::size_t line = 0;
  std::string gold, predicted;
  float probability = 0;  // of the predicted label
};

struct ReviewEnvironment {
  std::size_t threads = 0;  // 0: every core this process may use
  std::string target = "auto";
  // Told after each step, `fold` from 1. May throw: that ends the review.
  std::function<void(std::size_t fold, std::size_t folds, const TrainingProgress&)> progress;
  // Called several times a second while documents are labelled; may throw.
  std::function<void()> look;
};

struct Review {
  explicit Review(Scores all) : scores(std::move(all)) {}

  std::size_t folds = 0;                      // that were made
  std::vector<Contradiction> contradictions;  // the most probable first
  Scores scores;  // of every labelled line, by the model that has not seen its document
};

// Cross-validation by document: in turn, each part of the annotated documents is labelled by a
// model that was trained, with `training`, on all the others. What these models contradict with at
// least review.min_probability is likely to be a slip of the annotator, the likelier the first.
// There are no more folds than annotated documents. The same documents and options give the same
// review on any number of threads.
// Errors: kInput for fewer than two annotated documents; kParameter as of train().
Review review(const std::vector<Document>& documents, const TrainingOptions& training,
              const ReviewOptions& review, const ReviewEnvironment& environment);

}  // namespace skol
