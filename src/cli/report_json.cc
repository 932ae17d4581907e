// SPDX-License-Identifier: Apache-2.0
#include "cli/report_json.h"

#include <fmt/format.h>

#include <vector>

#include "report/json_report.h"
#include "report/review_report.h"
#include "text/findings.h"

namespace skol {
namespace {

Json diagnostics_json(const DiagnosticsLog& diagnostics) {
  Json kinds = Json::object();
  for (const auto& [kind, count] : diagnostics.kinds()) kinds[kind] = count;
  return {{"total", diagnostics.total()}, {"kinds", std::move(kinds)}};
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
  Json out = scores_report(scores);
  out["diagnostics"] = diagnostics_json(diagnostics);
  return to_line(out);
}

std::string training_json(const TrainingResult& result, const DiagnosticsLog& diagnostics,
                          const std::string& model) {
  Json out = {{"model", model}};
  out.update(training_report(result));
  out["diagnostics"] = diagnostics_json(diagnostics);
  return to_line(out);
}

std::string review_json(const std::vector<Document>& documents, const Review& review,
                        double seconds, const DiagnosticsLog& diagnostics) {
  Json out = review_report(documents, review);
  out["seconds"] = seconds;
  out["diagnostics"] = diagnostics_json(diagnostics);
  return to_line(out);
}

std::string prediction_json(const PredictionReport& report, const OutputCounts& counts,
                            const DiagnosticsLog& diagnostics) {
  Json out = prediction_report(report);
  out["skipped"] = counts.skipped;
  out["not_round_trip"] = counts.not_round_trip;
  out["unsure_lines"] = counts.unsure_lines;
  out["diagnostics"] = diagnostics_json(diagnostics);
  return to_line(out);
}

std::string tuning_json(const Model& tuned, const std::string& model, bool saved) {
  Json out = tuned_report(tuned);
  out["model"] = model;
  out["saved"] = saved;
  return to_line(out);
}

std::string model_json(const Model& model, const std::string& name, std::uint64_t bytes) {
  return to_line(model_report(model, name, bytes));
}

std::string model_facts(const Model& model, const std::string& name, std::uint64_t bytes) {
  Json facts = model_report(model, name, bytes);
  facts.erase("tuned");
  return facts_table(facts);
}

}  // namespace skol
