// SPDX-License-Identifier: Apache-2.0
// bench_scaling_skol CURVE: how the time of prediction grows, one curve a process. All go through
// the public Predictor. What is reported at each point is the time of one unit of the work that the
// curve is about, so that linear growth is a level line.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "base/process_memory.h"
#include "features/classified_lines.h"
#include "harness/measured_run.h"
#include "model/model_data.h"
#include "skol/predictor.h"
#include "text/dataset.h"
#include "workload/workload.h"

namespace skol::bench {
namespace {

// What a curve leaves as it is.
struct Setting {
  std::size_t lines = 25'025;  // of one document: 1,000 windows
  std::size_t vocabulary = 1000, hidden_size = 128, window_size = 50, stride = 25, threads = 2;
  std::size_t batch_size = 64;
};

Model random_model(const Setting& s) {
  TrainingOptions options;
  options.features = "compact";
  options.hidden_size = s.hidden_size;
  options.window_size = s.window_size;
  options.prediction_stride = options.training_stride = s.stride;
  const NetworkShape shape{s.vocabulary, s.hidden_size, options.num_layers, 3};
  return Model(std::make_shared<const ModelData>(ModelData{options, s.batch_size, "", "",
                                                           LabelSet({"A", "B", "C"}), Vectorizer(),
                                                           initial_parameters(shape, 1)}));
}

// About as many entries a line as the corpus has at 1,000 columns, the first ones more often.
Document random_document(const Setting& s) {
  constexpr std::size_t kEntries = 30;
  std::mt19937 random(1);
  std::uniform_real_distribution<> uniform(0, 1);
  auto given = std::make_shared<GivenFeatures>();
  given->width = s.vocabulary;
  given->classified.assign(s.lines, true);
  for (std::size_t line = 0; line < s.lines; ++line) {
    std::vector<std::uint32_t> columns;
    for (std::size_t j = 0; j < kEntries; ++j) {
      const double u = uniform(random);
      columns.push_back(static_cast<std::uint32_t>(u * u * static_cast<double>(s.vocabulary)));
    }
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    given->rows.append(columns, std::vector<float>(columns.size(), 0.5f));
  }
  Document document;
  document.id = "random";
  document.lines.resize(s.lines);
  document.label_names = {"A", "B", "C"};
  document.features = std::move(given);
  return document;
}

// `lines` lines of these documents, again and again.
Document repeated(const std::vector<Document>& documents, std::size_t lines) {
  std::string text;
  for (std::size_t taken = 0, d = 0; taken < lines; d = (d + 1) % documents.size()) {
    for (std::size_t i = 0; i < documents[d].lines.size() && taken < lines; ++i, ++taken) {
      text.append(documents[d].line(i)).push_back('\n');
    }
  }
  return parse_raw("repeated", std::move(text), TextErrors::kStrict);
}

struct Point {
  std::size_t at;               // on the curve's axis
  std::vector<double> seconds;  // of each pass
  std::size_t windows, lines;   // of a pass, lines without blank ones
  std::size_t peak_bytes;       // of the process so far
};

Point measure(const Model& model, const Document& document, const Setting& s, std::size_t at) {
  PredictionOptions options;
  options.prediction_batch_size = s.batch_size;
  options.threads = s.threads;
  Predictor predictor(model, options);
  PredictionStats stats;
  const auto run = [&](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      bool given = false;
      stats = predictor.run(
          [&]() -> std::optional<Document> {
            if (std::exchange(given, true)) return std::nullopt;
            return document;
          },
          [](LabelledDocument&&) {});
    }
  };
  constexpr double kPassSeconds = 0.3;
  constexpr std::size_t kPasses = 5, kMostTimes = 20'000;
  const double one = seconds_of([&] { run(1); });
  // Long ones are warm after one pass and vary less.
  const std::size_t passes = one > 5 ? 1 : kPasses;
  const auto times =
      std::clamp<std::size_t>(static_cast<std::size_t>(kPassSeconds / one), 1, kMostTimes);
  std::vector<double> seconds;
  for (std::size_t pass = 0; pass < passes; ++pass) {
    seconds.push_back(seconds_of([&] { run(times); }) / static_cast<double>(times));
  }
  return {at, seconds, stats.windows, stats.lines - stats.blank_lines, peak_memory_bytes()};
}

Point measure(const Setting& s, std::size_t at) {
  return measure(random_model(s), random_document(s), s, at);
}

using Curve = std::vector<Point>;

Curve of(const std::vector<std::size_t>& values, std::size_t Setting::*field, Setting setting) {
  Curve curve;
  for (const std::size_t value : values) {
    setting.*field = value;
    curve.push_back(measure(setting, value));
  }
  return curve;
}

Curve document_lines(const std::string& model, const std::vector<std::string>& files) {
  std::vector<Document> documents;
  std::vector<Diagnostic> diagnostics;
  for (const InputFile& file : find_inputs(files)) {
    documents.push_back(read_document(file, TextErrors::kReplace, diagnostics));
  }
  const Model loaded = load_model(model);
  Curve curve;
  for (std::size_t lines = 1; lines <= 1'000'000; lines *= 10) {
    curve.push_back(measure(loaded, repeated(documents, lines), {}, lines));
  }
  return curve;
}

Curve window_sizes() {
  Curve curve;
  for (const std::size_t size : {10, 20, 50, 100, 200, 500}) {
    Setting setting;
    setting.window_size = size;
    setting.stride = size / 2;
    curve.push_back(measure(setting, size));
  }
  return curve;
}

Curve run(const std::string& name, const std::string& model, const std::vector<std::string>& files,
          std::size_t most) {
  Setting setting;
  if (name == "document_lines") return document_lines(model, files);
  if (name == "window_size") return window_sizes();
  if (name == "vocabulary") {
    std::vector<std::size_t> sizes;
    for (std::size_t size = 1000; size <= std::min<std::size_t>(most, 1'000'000); size *= 10) {
      sizes.push_back(size);
    }
    return of(sizes, &Setting::vocabulary, setting);
  }
  if (name == "hidden_size") {
    setting.lines = 5'025;  // 200 windows: the largest network does some hundred a second
    return of({64, 128, 256, 512, 1024}, &Setting::hidden_size, setting);
  }
  if (name == "stride") {
    setting.lines = 5'025;
    return of({1, 2, 5, 10, 25, 50}, &Setting::stride, setting);
  }
  if (name == "threads") return of({1, 2}, &Setting::threads, setting);
  throw CLI::ValidationError("no curve is called " + name);
}

}  // namespace
}  // namespace skol::bench

int main(int argc, char** argv) {
  CLI::App app(
      "How the time of prediction grows: document_lines, vocabulary, hidden_size, "
      "window_size, stride or threads");
  std::string curve, model;
  std::vector<std::string> files;
  std::size_t most = 1'000'000;
  app.add_option("curve", curve)->required();
  app.add_option("--model", model, "for document_lines");
  app.add_option("--files", files, "whose lines document_lines repeats");
  app.add_option("--most", most, "the largest vocabulary: 12 KiB of memory a word");
  CLI11_PARSE(app, argc, argv);
  try {
    nlohmann::json points = nlohmann::json::array();
    for (const skol::bench::Point& p : skol::bench::run(curve, model, files, most)) {
      points.push_back({{"at", p.at},
                        {"seconds", p.seconds},
                        {"windows", p.windows},
                        {"lines", p.lines},
                        {"peak_bytes", p.peak_bytes}});
    }
    fmt::print("{}\n", nlohmann::json{{"curve", curve}, {"points", points}}.dump());
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
