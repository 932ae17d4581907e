// SPDX-License-Identifier: Apache-2.0
// A stand-in: the bytes are those that a predictor reports of itself, not of the process.
#include "prediction/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "model/model_data.h"
#include "skol/predictor.h"

namespace skol {
namespace {

constexpr std::size_t kSizes[] = {1, 4, 16, 32, 64, 128};

Document made_up_document(const Model& model, std::size_t lines) {
  const std::vector<std::string>& words = model.data().vectorizer.words();
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    for (std::size_t w = 0; w < 8; ++w) text += words[(7 * i + w) % words.size()] + " ";
    text += "x\n";
  }
  return parse_raw("made up", text, TextErrors::kStrict);
}

TunePoint measure(const Model& model, PredictionOptions options,
                  const std::vector<Document>& documents, std::size_t batch_size, double seconds) {
  using Clock = std::chrono::steady_clock;
  options.prediction_batch_size = batch_size;
  Predictor predictor(model, options);
  const auto begin = Clock::now();
  std::size_t windows = 0, workspace = 0;
  double passed = 0;
  do {
    std::size_t next = 0;
    const PredictionStats stats = predictor.run(
        [&]() -> std::optional<Document> {
          if (next == documents.size()) return std::nullopt;
          return documents[next++];
        },
        [](LabelledDocument&&) {});
    windows += stats.windows;
    workspace = stats.workspace_bytes;
    passed = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (passed < seconds);
  const std::size_t outputs =
      batch_size * model.options().window_size * model.labels().size() * sizeof(float);
  return {batch_size, model.parameter_count() * sizeof(float) + workspace + outputs,
          static_cast<double>(windows) / passed};
}

void fit(TuneResult& result) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const TunePoint& point : result.points) {
    const auto size = static_cast<double>(point.batch_size);
    const auto bytes = static_cast<double>(point.bytes);
    n += 1, x += size, y += bytes, xx += size * size, xy += size * bytes;
  }
  const double slope = std::max(0.0, (n * xy - x * y) / (n * xx - x * x));
  const double base = std::max(0.0, (y - slope * x) / n);
  result.base_bytes = static_cast<std::size_t>(base);
  result.window_bytes = static_cast<std::size_t>(slope);
  for (const TunePoint& point : result.points) {
    const auto bytes = static_cast<double>(point.bytes);
    const double line = base + slope * static_cast<double>(point.batch_size);
    result.fit_error = std::max(result.fit_error, std::abs(line - bytes) / bytes);
  }
}

}  // namespace

TuneResult tune(const Model& model, const PredictionOptions& options,
                const std::vector<Document>& documents, double seconds) {
  std::vector<Document> predicted = documents;
  if (predicted.empty()) predicted = {made_up_document(model, 40 * model.options().window_size)};
  TuneResult result;
  for (const std::size_t size : kSizes) {
    result.points.push_back(
        measure(model, options, predicted, size, seconds / static_cast<double>(std::size(kSizes))));
  }
  fit(result);
  double best = 0;
  for (const TunePoint& point : result.points) best = std::max(best, point.windows_per_second);
  const auto chosen = std::ranges::find_if(result.points, [&](const TunePoint& point) {
    return point.windows_per_second >= 0.95 * best;
  });
  result.prediction_batch_size = chosen->batch_size;
  result.reason =
      fmt::format("the smallest size within 5 % of the fastest, {:.0f} windows/s", best);
  return result;
}

}  // namespace skol
