// SPDX-License-Identifier: Apache-2.0
#pragma once

// The fixtures of tests/fixtures/network, made by tools/make_parity_fixtures.py with PyTorch. Its
// head defines the formulas of weights, inputs and labels that are repeated here.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "network/adam.h"
#include "network/gradient.h"
#include "network/loss.h"
#include "network/parameters.h"

namespace skol::testing {

inline std::vector<std::string> fixture_names() {
  std::vector<std::string> names;
  const std::filesystem::path folder = SKOL_SOURCE_DIR "/tests/fixtures/network";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline nlohmann::json read_fixture(const std::string& name) {
  std::ifstream file(SKOL_SOURCE_DIR "/tests/fixtures/network/" + name + ".json");
  return nlohmann::json::parse(file);
}

// The fixtures' random numbers: 24 bits, exact in float32.
class FixtureNumbers {
 public:
  FixtureNumbers(std::uint64_t seed, std::uint64_t stream)
      : start_(seed + stream * 0x9E3779B97F4A7C15u) {}
  std::uint64_t bits(std::uint64_t k) const {
    return mix64(start_ + k * 0xBF58476D1CE4E5B9u) >> 40;
  }
  float uniform(std::uint64_t k) const { return static_cast<float>(bits(k)) * 0x1p-24f; }
  float balanced(std::uint64_t k) const { return 2.0f * uniform(k) - 1.0f; }

 private:
  std::uint64_t start_;
};

struct ParityFixture {
  explicit ParityFixture(const std::string& name)
      : expected(read_fixture(name)), shape(read_shape(expected["shape"])), parameters(shape) {
    for (const std::size_t length : expected["window_lengths"]) {
      windows.push_back({labels.size(), length});
      labels.resize(labels.size() + length);
    }
    fill_parameters();
    make_lines();
    make_labels();
    const auto& l = expected["loss_function"];
    l["class_weights"].get_to(loss.class_weights);
    l["focal_labels"].get_to(loss.focal_classes);
    const auto& o = expected["optimizer"];
    adam = {o["learning_rate"], o["beta1"], o["beta2"], o["epsilon"], o["clip_norm"]};
  }

  TrainingBatch batch() const { return {lines, labels, windows}; }

  nlohmann::json expected;
  NetworkShape shape;
  Parameters parameters;
  SparseRows lines;  // of all windows, one after the other
  std::vector<std::int32_t> labels;
  std::vector<WindowRows> windows;
  LossOptions loss;
  AdamOptions adam;

 private:
  std::uint64_t seed() const { return expected["seed"]; }

  static NetworkShape read_shape(const nlohmann::json& s) {
    return {s["input_size"], s["hidden_size"], s["num_layers"], s["num_classes"],
            s.value("embedding_size", std::size_t{0})};
  }

  void fill_parameters() {
    const float scale = expected["weight_scale"];
    std::uint64_t stream = 0;
    for (const PlainTensor& tensor : parameters.plain_tensors()) {
      const FixtureNumbers numbers(seed(), stream++);
      std::vector<float> plain(tensor.rows * tensor.columns);
      for (std::size_t k = 0; k < plain.size(); ++k) plain[k] = numbers.balanced(k) * scale;
      parameters.from_plain(tensor, plain);
    }
  }

  void make_lines() {
    const FixtureNumbers presence(seed(), 1000), values(seed(), 1001);
    const float density = expected["input_density"], scale = expected["input_scale"];
    for (std::size_t row = 0; row < labels.size(); ++row) {
      std::vector<std::uint32_t> row_columns;
      std::vector<float> row_values;
      for (std::uint32_t column = 0; column < shape.input_size; ++column) {
        const std::uint64_t k = row * shape.input_size + column;
        const float value = values.balanced(k) * scale;
        if (presence.uniform(k) >= density || value == 0.0f) continue;
        row_columns.push_back(column);
        row_values.push_back(value);
      }
      lines.append(row_columns, row_values);
    }
  }

  void make_labels() {
    const FixtureNumbers classes(seed(), 1002), unlabelled(seed(), 1003);
    const float fraction = expected["unlabelled_fraction"];
    for (std::size_t row = 0; row < labels.size(); ++row) {
      const auto label = static_cast<std::int32_t>(classes.bits(row) * shape.num_classes >> 24);
      labels[row] = unlabelled.uniform(row) < fraction ? kNoLabelRow : label;
    }
  }
};

}  // namespace skol::testing
