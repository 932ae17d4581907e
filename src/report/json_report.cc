// SPDX-License-Identifier: Apache-2.0
#include "report/json_report.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "model/model_data.h"
#include "model/tuned_json.h"

namespace skol {
namespace {

Json optional_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json labels_json(const Scores& scores) {
  Json labels = Json::object();
  for (const LabelScores& label : scores.per_label) {
    labels[label.label] = {{"precision", label.precision},
                           {"recall", label.recall},
                           {"f1", label.f1},
                           {"support", label.support}};
    // Known where probabilities are, not where two annotations are compared.
    if (label.loss) labels[label.label]["loss"] = *label.loss;
  }
  return labels;
}

Json confusion_json(const ConfusionMatrix& confusion) {
  Json counts = Json::array();
  for (std::size_t gold = 0; gold < confusion.labels().size(); ++gold) {
    Json row = Json::array();
    for (std::size_t predicted = 0; predicted < confusion.labels().size(); ++predicted) {
      row.push_back(confusion.count(gold, predicted));
    }
    counts.push_back(std::move(row));
  }
  return {{"labels", confusion.labels()}, {"counts", std::move(counts)}};
}

Json history_json(const std::vector<EpochReport>& history) {
  Json epochs = Json::array();
  for (const EpochReport& report : history) {
    epochs.push_back(
        {{"epoch", report.epoch},
         {"loss", report.loss},
         {"seconds", report.seconds},
         {"macro_f1", report.validation ? Json(report.validation->macro_f1) : Json()}});
  }
  return epochs;
}

Json calls_json(const std::map<std::size_t, std::size_t>& calls_by_windows) {
  Json out = Json::array();
  for (const auto& [windows, calls] : calls_by_windows) {
    out.push_back({{"windows", windows}, {"calls", calls}});
  }
  return out;
}

}  // namespace

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json scores_report(const Scores& scores) {
  return {{"lines", scores.lines},
          {"accuracy", scores.accuracy},
          {"macro_f1", scores.macro_f1},
          {"macro_f1_frequent", optional_json(scores.macro_f1_frequent)},
          {"weighted_precision", scores.weighted_precision},
          {"weighted_recall", scores.weighted_recall},
          {"weighted_f1", scores.weighted_f1},
          {"loss", optional_json(scores.loss)},
          {"expected_calibration_error", optional_json(scores.expected_calibration_error)},
          {"labels", labels_json(scores)},
          {"confusion", confusion_json(scores.confusion)}};
}

Json seeds_json(const TrainingResult& result) {
  Json seeds = Json::array();
  for (const auto& [seed, macro_f1] : result.macro_f1_of_seeds) {
    seeds.push_back({{"seed", seed}, {"macro_f1", macro_f1}});
  }
  return seeds;
}

Json training_report(const TrainingResult& result) {
  return {{"documents", result.documents},
          {"lines", result.lines},
          {"blank_lines", result.blank_lines},
          {"windows", result.windows},
          {"epochs", result.epochs},
          {"best_epoch", result.best_epoch},
          {"seconds", result.seconds},
          {"windows_per_second", result.windows_per_second},
          {"seed", result.model.options().seed},
          {"seeds", seeds_json(result)},
          {"held_back", result.held_back},
          {"label_counts", result.label_counts},
          {"validation", result.validation ? scores_report(*result.validation) : Json()},
          {"history", history_json(result.history)}};
}

Json prediction_report(const PredictionReport& report) {
  const PredictionStats& stats = report.stats;
  const BatchChoice& choice = stats.choice;
  const bool budget = choice.budget.is_there();
  return {{"documents", stats.documents},
          {"lines", stats.lines},
          {"blank_lines", stats.blank_lines},
          {"windows", stats.windows},
          {"predict_calls", stats.predict_calls},
          {"calls_by_windows", calls_json(stats.calls_by_windows)},
          {"batch_sizes", stats.batch_sizes},
          {"seconds", report.seconds},
          {"lines_per_second", report.lines_per_second()},
          {"peak_bytes", report.peak_bytes},
          {"workspace_bytes", stats.workspace_bytes},
          {"device", stats.device},
          {"device_bytes", stats.device_bytes},
          {"notices", stats.notices},
          {"planned_bytes", choice.planned_bytes},
          {"budget_bytes", budget ? Json(choice.budget.bytes) : Json()},
          {"budget_limit", budget ? Json(choice.budget.limit) : Json()},
          {"prediction_batch_size", choice.prediction_batch_size},
          {"reason", choice.reason},
          {"reduced", choice.reduced},
          {"reductions", stats.reductions}};
}

Json options_report(const TrainingOptions& options) {
  Json out = Json::object();
  visit_training_options(
      options, [&](const char* option, const auto& value, const char*) { out[option] = value; });
  return out;
}

Json tuned_report(const Model& model) {
  return model.tuned() ? tuned_json(*model.tuned()) : Json::object();
}

Json model_report(const Model& model, const std::string& name, std::uint64_t bytes) {
  return {{"name", name},
          {"bytes", bytes},
          {"labels", model.labels()},
          {"window_size", model.options().window_size},
          {"prediction_stride", model.prediction_stride()},
          {"prediction_batch_size", model.prediction_batch_size()},
          {"created", model.created()},
          {"made_by", model.made_by()},
          {"parameters", model.parameter_count()},
          {"words", model.data().vectorizer.words().size()},
          {"suffixes", model.data().vectorizer.suffixes().size()},
          {"rich_features", model.data().vectorizer.keys().size()},
          {"temperature", model.data().temperature},
          {"options", options_report(model.options())},
          {"settings", Json::parse(model.settings())},
          {"tuned", tuned_report(model)}};
}

}  // namespace skol
