// SPDX-License-Identifier: Apache-2.0
#include "training/review.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/fail.h"
#include "skol/predictor.h"
#include "text/dataset.h"
#include "text/label_set.h"
#include "training/evaluation.h"

namespace skol {
namespace {

bool has_labels(const Document& document) {
  return std::any_of(document.labels.begin(), document.labels.end(),
                     [](std::int32_t label) { return label != kNoLabel; });
}

class Reviewer {
 public:
  Reviewer(const std::vector<Document>& documents, const TrainingOptions& training,
           const ReviewOptions& options, const ReviewEnvironment& environment)
      : documents_(documents),
        training_(training),
        options_(options),
        environment_(environment),
        evaluation_({}) {}

  Review run() {
    const std::vector<std::size_t> annotated = annotated_documents();
    std::vector<std::string> ids;
    for (const std::size_t i : annotated) ids.push_back(documents_[i].id);
    folds_ = std::min(options_.folds, annotated.size());
    const std::vector<std::size_t> fold = folds_by_document(ids, folds_, training_.seed);
    for (std::size_t f = 0; f < folds_; ++f) {
      std::vector<bool> judged(documents_.size(), false);
      for (std::size_t k = 0; k < annotated.size(); ++k) judged[annotated[k]] = fold[k] == f;
      run_fold(f, judged);
    }
    // Documents came fold by fold; among equals theirs is the order.
    const auto key = [](const Contradiction& one) {
      return std::tuple(-one.probability, one.document, one.line);
    };
    std::sort(found_.begin(), found_.end(),
              [&](const Contradiction& a, const Contradiction& b) { return key(a) < key(b); });
    Review result(evaluation_.scores());
    result.folds = folds_;
    result.contradictions = std::move(found_);
    return result;
  }

 private:
  std::vector<std::size_t> annotated_documents() const {
    std::vector<std::size_t> annotated;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (has_labels(documents_[i])) annotated.push_back(i);
    }
    if (annotated.size() < 2) {
      fail(ErrorKind::kInput,
           "a line with a label in {} of the documents: a review needs 2 or more of them, to judge "
           "each by a model that has not seen it",
           annotated.size());
    }
    return annotated;
  }

  void run_fold(std::size_t fold, const std::vector<bool>& judged) {
    std::vector<Document> others;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (!judged[i]) others.push_back(documents_[i]);
    }
    TrainingEnvironment environment;
    environment.threads = environment_.threads;
    environment.target = environment_.target;
    environment.look = environment_.look;
    environment.progress = [&](const TrainingProgress& now) {
      if (environment_.progress) environment_.progress(fold + 1, folds_, now);
    };
    const Model model = train(others, training_, environment).model;

    PredictionOptions prediction;
    prediction.threads = environment_.threads;
    prediction.target = environment_.target;
    prediction.run_name = "review";
    Predictor predictor(model, prediction);
    std::size_t next = 0;  // documents come back in the order in which they went
    const auto sink = [&](LabelledDocument&& labelled) {
      while (!judged[next]) ++next;
      add(next++, labelled, model);
    };
    PredictionRun run(predictor, sink, [&](const PredictionStats&) {
      if (environment_.look) environment_.look();
    });
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      if (judged[i]) run.add(documents_[i]);
    }
    run.finish();
  }

  void add(std::size_t number, const LabelledDocument& labelled, const Model& model) {
    evaluation_.add(labelled, model);
    const Document& document = labelled.document;
    const std::size_t classes = model.labels().size();
    for (std::size_t i = 0; i < document.lines.size(); ++i) {
      if (document.labels[i] == kNoLabel || labelled.labels[i] == kNoLabel) continue;
      const std::string& said = document.label_names[static_cast<std::size_t>(document.labels[i])];
      const std::string gold = training_.labels == "collapsed" ? collapse_label(said) : said;
      const auto label = static_cast<std::size_t>(labelled.labels[i]);
      const float probability = labelled.probabilities[i * classes + label];
      if (model.labels()[label] == gold || probability < options_.min_probability) continue;
      found_.push_back({number, i, gold, model.labels()[label], probability});
    }
  }

  const std::vector<Document>& documents_;
  const TrainingOptions& training_;
  const ReviewOptions& options_;
  const ReviewEnvironment& environment_;
  std::size_t folds_ = 0;
  Evaluation evaluation_;
  std::vector<Contradiction> found_;
};

}  // namespace

Review review(const std::vector<Document>& documents, const TrainingOptions& training,
              const ReviewOptions& review, const ReviewEnvironment& environment) {
  check(review);
  return Reviewer(documents, training, review, environment).run();
}

}  // namespace skol
