// SPDX-License-Identifier: Apache-2.0
#include "report/training_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/counted.h"
#include "report/html_page.h"
#include "report/json_fields.h"
#include "report/line_chart.h"

namespace skol {
namespace {

// What a page shows of `key` by epoch; epochs without it are left out.
Series series_of(const Json& history, const char* key, std::string name, std::string style) {
  Series series{std::move(name), std::move(style), Mark::kPointsOnLine, {}};
  for (const Json& report : history) {
    const auto value = optional_number(report, key);
    if (!value) continue;
    const std::uint64_t epoch = count_at(report, "epoch");
    series.points.push_back(
        {static_cast<double>(epoch), *value, fmt::format("epoch {}: {:.4f}", epoch, *value)});
  }
  return series;
}

void add_curve(HtmlPage& page, std::string_view title, const char* unit, Series series,
               std::optional<std::uint64_t> best, std::string_view caption) {
  if (series.points.empty()) return;
  LineChart chart;
  chart.title = title;
  chart.description = caption;
  chart.x = {"epoch", Unit::kCount};
  chart.y = {unit, Unit::kNumber};
  chart.series = {std::move(series)};
  if (best && *best > 0) {
    chart.choice = Choice{fmt::format("kept: epoch {}", *best), with_commas(*best),
                          static_cast<double>(*best)};
  }
  page.figure([&](double width) { return line_chart_svg(chart, width); }, caption);
}

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

void add_labels(HtmlPage& page, const Json& validation) {
  Table table;
  table.caption = "By label, on the documents held back";
  table.heading = {"label", "precision", "recall", "F1", "lines"};
  for (const auto& [label, scores] : validation.at("labels").items()) {
    table.rows.push_back({{{label},
                           {percent(number_at(scores, "precision"))},
                           {percent(number_at(scores, "recall"))},
                           {percent(number_at(scores, "f1"))},
                           {with_commas(count_at(scores, "support"))}}});
  }
  page.section("What each label scored");
  page.table(table);
}

void add_key_figures(HtmlPage& page, const Json& json, const Json* validation) {
  std::vector<KeyFigure> figures;
  if (validation != nullptr) {
    figures.push_back({fmt::format("{:.4f}", number_at(*validation, "macro_f1")), "macro-F1"});
    figures.push_back({percent(number_at(*validation, "accuracy")), "of lines right"});
    if (const auto error = optional_number(*validation, "expected_calibration_error")) {
      figures.push_back({fmt::format("{:.4f}", *error), "calibration error"});
    }
  }
  figures.push_back({with_commas(count_at(json, "lines")), "lines"});
  figures.push_back({fmt::format("{:.1f} s", number_at(json, "seconds")), "of training steps"});
  page.key_figures(figures);
}

}  // namespace

std::string training_page(const Json& json, const std::string& made_by) {
  const bool measured = json.contains("validation") && json.at("validation").is_object();
  const Json* const validation = measured ? &json.at("validation") : nullptr;
  const std::uint64_t epochs = count_at(json, "epochs");
  const auto best = optional_count(json, "best_epoch");
  HtmlPage page(fmt::format("Training: {}", counted(epochs, "epoch")),
                fmt::format("{} trained on, {}.", counted(count_at(json, "documents"), "document"),
                            measured ? "some of them held back to measure on" : "none held back"),
                made_by);
  add_key_figures(page, json, validation);
  page.section("Curves");
  const Json history = array_at(json, "history");
  add_curve(page, "Loss by epoch", "loss", series_of(history, "loss", "training loss", "speed"),
            best, "Mean loss of the training steps of each epoch.");
  add_curve(page, "Macro-F1 by epoch", "macro-F1",
            series_of(history, "macro_f1", "macro-F1, held back", "speed"), best,
            "Macro-F1 on the documents held back, after each epoch, before the probabilities were "
            "calibrated.");
  if (measured) add_labels(page, *validation);
  return std::move(page).finish();
}

}  // namespace skol
