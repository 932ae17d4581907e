// SPDX-License-Identifier: Apache-2.0
// An untrained model of any shape, to measure what it takes: make_model PATH --hidden-size 512 ...
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "model/model_data.h"
#include "skol/model.h"

int main(int argc, char** argv) {
  CLI::App app("An untrained model");
  std::string path;
  skol::TrainingOptions options;
  options.features = "compact";
  std::size_t words = 1000, labels = 3;
  app.add_option("PATH", path)->required();
  app.add_option("--hidden-size", options.hidden_size);
  app.add_option("--num-layers", options.num_layers);
  app.add_option("--window-size", options.window_size);
  app.add_option("--words", words);
  app.add_option("--labels", labels);
  CLI11_PARSE(app, argc, argv);
  options.prediction_stride = options.training_stride =
      skol::resolved_stride(0, options.window_size);
  // A fifth of them suffixes, as many of two digits as there are: every word of runs.py has one.
  std::vector<std::string> terms, suffixes, names;
  const std::size_t known_suffixes = words / 5;
  for (std::size_t i = 0; i < words - known_suffixes; ++i) terms.push_back(fmt::format("w{}", i));
  for (std::size_t i = 0; i < known_suffixes; ++i) {
    suffixes.push_back(i < 100 ? fmt::format("{:02}", i) : fmt::format("{:03}", i));
  }
  for (std::size_t i = 0; i < labels; ++i) names.push_back(fmt::format("label{}", i));
  skol::Vectorizer vectorizer(terms, suffixes, std::vector<double>(words, 1.0));
  skol::Parameters parameters = skol::initial_parameters(
      {words, options.hidden_size, options.num_layers, labels}, options.seed);
  skol::save_model(skol::Model(std::make_shared<const skol::ModelData>(skol::ModelData{
                       options, skol::kDefaultPredictionBatchSize, "", "", skol::LabelSet(names),
                       std::move(vectorizer), std::move(parameters)})),
                   path);
}
