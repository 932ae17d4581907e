// SPDX-License-Identifier: Apache-2.0
#include "skol/predictor.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/fail.h"
#include "prediction/predictor_setup.h"

namespace skol {

std::int32_t most_probable(const float* probabilities, std::size_t classes) {
  return static_cast<std::int32_t>(std::max_element(probabilities, probabilities + classes) -
                                   probabilities);
}

Predictor::Predictor(const Model& model, const PredictionOptions& options, BudgetSource budget) {
  check(options);
  try {
    setup_ = std::make_unique<Setup>(model, options, std::move(budget));
  } catch (const std::bad_alloc&) {
    fail(ErrorKind::kMemory,
         "no memory to prepare the model: its weights take another {} bytes in the form that is "
         "computed with; free some memory, or take a model with a smaller hidden_size",
         Network::bytes(model.data().parameters.shape()));
  }
}
Predictor::Predictor(const Model& model, const PredictionOptions& options)
    : Predictor(model, options, BudgetSource()) {}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;

const std::string& Predictor::device_notice() const {
  return setup_->device.notice;
}

const BatchChoice& Predictor::choice() const {
  return setup_->choice;
}

PredictionStats Predictor::run(const Source& source, const Sink& sink, const Look& look) {
  PredictionRun run(*this, sink, look);
  while (std::optional<Document> document = source()) run.add(std::move(*document));
  run.finish();
  return run.stats();
}

}  // namespace skol
