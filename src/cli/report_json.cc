// SPDX-License-Identifier: Apache-2.0
#include "cli/report_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "model/model_data.h"
#include "text/findings.h"

namespace skol {
namespace {

using Json = nlohmann::ordered_json;

Json labels_json(const Scores& scores) {
  Json labels = Json::object();
  for (const LabelScores& label : scores.per_label) {
    labels[label.label] = {{"precision", label.precision},
                           {"recall", label.recall},
                           {"f1", label.f1},
                           {"support", label.support}};
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

Json optional_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json validation_json(const std::optional<Scores>& scores) {
  if (!scores) return nullptr;
  return {{"lines", scores->lines},
          {"accuracy", scores->accuracy},
          {"macro_f1", scores->macro_f1},
          {"weighted_f1", scores->weighted_f1},
          {"labels", labels_json(*scores)}};
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

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json diagnostics_json(const DiagnosticsLog& diagnostics) {
  Json kinds = Json::object();
  for (const auto& [kind, count] : diagnostics.kinds()) kinds[kind] = count;
  return {{"total", diagnostics.total()}, {"kinds", std::move(kinds)}};
}

Json model_object(const Model& model, const std::string& name, std::uint64_t bytes) {
  Json options = Json::object();
  visit_training_options(model.options(), [&](const char* option, const auto& value, const char*) {
    options[option] = value;
  });
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
          {"options", std::move(options)},
          {"tuned", Json::object()}};
}

std::string facts_table(const Json& facts) {
  std::string out, nested;
  for (const auto& [name, value] : facts.items()) {
    if (value.is_object()) {
      if (!value.empty())
        nested += fmt::format("\n{}\n{}", printable_name(name), facts_table(value));
      continue;
    }
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_array()) {
      std::vector<std::string> items;
      for (const Json& item : value) {
        items.push_back(item.is_string() ? item.get<std::string>() : item.dump());
      }
      text = fmt::format("{}", fmt::join(items, ", "));
    }
    out += fmt::format("{:<24}{}\n", printable_name(name), printable_name(text));
  }
  return out + nested;
}

}  // namespace

std::string scores_json(const Scores& scores, const DiagnosticsLog& diagnostics) {
  return to_line({{"lines", scores.lines},
                  {"accuracy", scores.accuracy},
                  {"macro_f1", scores.macro_f1},
                  {"macro_f1_frequent", optional_json(scores.macro_f1_frequent)},
                  {"weighted_precision", scores.weighted_precision},
                  {"weighted_recall", scores.weighted_recall},
                  {"weighted_f1", scores.weighted_f1},
                  {"labels", labels_json(scores)},
                  {"confusion", confusion_json(scores.confusion)},
                  {"diagnostics", diagnostics_json(diagnostics)}});
}

std::string training_json(const TrainingResult& result, const DiagnosticsLog& diagnostics,
                          const std::string& model) {
  return to_line({{"model", model},
                  {"documents", result.documents},
                  {"lines", result.lines},
                  {"blank_lines", result.blank_lines},
                  {"windows", result.windows},
                  {"epochs", result.epochs},
                  {"best_epoch", result.best_epoch},
                  {"seconds", result.seconds},
                  {"windows_per_second", result.windows_per_second},
                  {"validation", validation_json(result.validation)},
                  {"history", history_json(result.history)},
                  {"diagnostics", diagnostics_json(diagnostics)}});
}

std::string prediction_json(const PredictionReport& report, const DiagnosticsLog& diagnostics) {
  const PredictionStats& stats = report.stats;
  return to_line({{"documents", stats.documents},
                  {"lines", stats.lines},
                  {"blank_lines", stats.blank_lines},
                  {"windows", stats.windows},
                  {"predict_calls", stats.predict_calls},
                  {"batch_sizes", stats.batch_sizes},
                  {"seconds", report.seconds},
                  {"lines_per_second", report.lines_per_second()},
                  {"peak_bytes", report.peak_bytes},
                  {"workspace_bytes", stats.workspace_bytes},
                  {"budget_bytes", nullptr},
                  {"reductions", stats.reductions},
                  {"skipped", report.skipped},
                  {"not_round_trip", report.not_round_trip},
                  {"diagnostics", diagnostics_json(diagnostics)}});
}

std::string model_json(const Model& model, const std::string& name, std::uint64_t bytes) {
  return to_line(model_object(model, name, bytes));
}

std::string model_facts(const Model& model, const std::string& name, std::uint64_t bytes) {
  return facts_table(model_object(model, name, bytes));
}

}  // namespace skol
