// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <optional>
#include <tuple>
#include <type_traits>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "python/bindings.h"
#include "python/prediction_options.h"
#include "skol/predictor.h"
#include "skol/trainer.h"
#include "training/class_weights.h"
#include "training/evaluation.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

std::pair<Model, nb::object> train_documents(const std::vector<const Document*>& documents,
                                             nb::handle options, std::size_t threads,
                                             nb::object progress) {
  const TrainingOptions given = training_options(options);
  std::vector<Document> copies;
  for (const Document* document : documents) copies.push_back(*document);
  TrainingEnvironment environment;
  environment.threads = threads;
  environment.look = look_for_signals;
  environment.progress = [&](const TrainingProgress& p) {
    look_for_signals();
    if (progress.is_none()) return;
    const nb::gil_scoped_acquire with_gil;
    progress(to_python({{"epoch", p.epoch},
                        {"epochs", p.epochs},
                        {"windows", p.windows},
                        {"epoch_windows", p.epoch_windows},
                        {"loss", p.loss},
                        {"refit", p.refit}}));
  };
  const TrainingResult result = [&] {
    const nb::gil_scoped_release without_gil;
    return train(copies, given, environment);
  }();
  return {result.model, to_python(training_report(result))};
}

nb::object evaluate_documents(const Model& model, const std::vector<const Document*>& documents,
                              std::size_t prediction_batch_size, std::size_t prediction_stride,
                              std::size_t threads) {
  const PredictionOptions options =
      prediction_options(prediction_batch_size, prediction_stride, threads, "auto");
  const Scores scores = [&] {
    const nb::gil_scoped_release without_gil;
    return evaluate(model, documents, options, [](const PredictionStats&) { look_for_signals(); });
  }();
  return to_python(scores_report(scores));
}

// gold, predicted, lines, sum of their losses
using LineGroup = std::tuple<std::string, std::string, std::uint64_t, std::optional<double>>;

nb::object score_groups(std::vector<std::string> labels, const std::vector<LineGroup>& groups) {
  Evaluation evaluation(std::move(labels));
  for (const auto& [gold, predicted, lines, loss] : groups) {
    evaluation.add(gold, predicted, lines, loss);
  }
  return to_python(scores_report(evaluation.scores()));
}

std::map<std::string, double> weights(const std::map<std::string, std::uint64_t>& counts,
                                      const std::string& strategy, double min_weight,
                                      double max_weight) {
  std::vector<std::uint64_t> lines;
  for (const auto& [name, count] : counts) lines.push_back(count);
  const auto values =
      class_weights(lines, parse_weight_strategy(strategy), {min_weight, max_weight});
  std::map<std::string, double> out;
  std::size_t i = 0;
  for (const auto& [name, count] : counts) out[name] = values[i++];
  return out;
}

}  // namespace

TrainingOptions training_options(nb::handle mapping) {
  const Json given = from_python(mapping);
  TrainingOptions options;
  std::vector<std::string_view> names;
  visit_training_options(options, [&](const char* name, auto& value, const char*) {
    names.push_back(name);
    if (!given.contains(name)) return;
    const Json& field = given.at(name);
    using Value = std::decay_t<decltype(value)>;
    bool right = false;
    if constexpr (std::is_same_v<Value, bool>)
      right = field.is_boolean();
    else if constexpr (std::is_integral_v<Value>)
      right = field.is_number_unsigned();
    else if constexpr (std::is_same_v<Value, double>)
      right = field.is_number();
    else if constexpr (std::is_same_v<Value, std::string>)
      right = field.is_string();
    else
      right = field.is_array();
    if (!right) {
      fail(ErrorKind::kParameter, "{} is {}: expected a value like {}", name, field.dump(),
           Json(value).dump());
    }
    value = field.get<Value>();
  });
  for (const auto& [name, value] : given.items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    fail(ErrorKind::kParameter, "training has no option {}: did you mean {}?", in_quotes(name),
         nearest_name(name, names));
  }
  return options;
}

void bind_training(nb::module_& m) {
  m.def(
      "training_defaults", [] { return to_python(options_report({})); },
      "Every option of training and its default.");
  m.def("train", &train_documents, "documents"_a, "options"_a, nb::kw_only(), "threads"_a = 0,
        "progress"_a = nb::none(),
        "A model, and what `skol train --json` reports. progress gets a dict after each step.");
  m.def("evaluate", &evaluate_documents, "model"_a, "documents"_a, nb::kw_only(),
        "prediction_batch_size"_a = 0, "prediction_stride"_a = 0, "threads"_a = 0,
        "What `skol evaluate --json` reports.");
  m.def("score", &score_groups, "labels"_a, "groups"_a,
        "What `skol evaluate --json` reports, of lines counted by (gold label, predicted label, "
        "lines, sum of -ln(probability of the gold label) or None).");
  m.def("class_weights", &weights, "counts"_a, "strategy"_a, "min_weight"_a = 0.1,
        "max_weight"_a = 100.0, "A weight for each label from its number of lines.");
}

}  // namespace skol
