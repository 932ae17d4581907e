// SPDX-License-Identifier: Apache-2.0
#include "prediction/predictor_setup.h"

#include <fmt/format.h>

#include <utility>

#include "prediction/auto_batch_size.h"
#include "prediction/batch_choice.h"

namespace skol {
namespace {

Predictor::BudgetSource source_of(const PredictionOptions& options) {
  return {[request = budget_request(options)] { return memory_budget(request); }};
}

}  // namespace

Predictor::Setup::Setup(const Model& trained, const PredictionOptions& options, BudgetSource source)
    : model(trained),
      budget(source.memory ? std::move(source) : source_of(options)),
      plan(memory_plan(model, options)),
      choice(choose(options)),
      pool(plan.threads),
      network(model.data().parameters, find_kernels(options.target),
              find_bf16_kernels(find_kernels(options.target), options.precision)) {
  if (options.prediction_batch_size == kAutoBatchSize) {
    choice = auto_choice(plan, choice.budget, network, model.data().vectorizer, pool);
  }
  status.what = options.run_name;
  status.model = options.model_name;
  status.device =
      fmt::format("cpu {}", network.bf16_kernels() == nullptr ? network.kernels().name()
                                                              : network.bf16_kernels()->name());
  status.threads = pool.size();
  status.prediction_batch_size = choice.prediction_batch_size;
  status.budget_bytes = choice.budget.is_there() ? choice.budget.bytes : 0;
}

BatchChoice Predictor::Setup::choose(const PredictionOptions& options) const {
  const MemoryBudget there = budget.memory();
  check_one_window(plan, there);
  const std::size_t given = options.prediction_batch_size;
  if (given != 0 && given != kAutoBatchSize) return fitting_choice(plan, there, given, "as given");
  return fitting_choice(plan, there, model.prediction_batch_size(), "the model's");
}

}  // namespace skol
