// SPDX-License-Identifier: Apache-2.0
#include "network/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace skol {
namespace {

using testing::Each;
using testing::ElementsAre;

const NetworkShape kShape{.input_size = 40, .hidden_size = 17, .num_layers = 2, .num_classes = 3};

std::map<std::string, std::vector<float>> plain_weights(const Parameters& parameters) {
  std::map<std::string, std::vector<float>> weights;
  for (const PlainTensor& tensor : parameters.plain_tensors()) {
    weights[tensor.name] = parameters.to_plain(tensor);
  }
  return weights;
}

void expect_uniform(const std::vector<float>& weights, double fans) {
  const double limit = std::sqrt(6.0 / fans);
  const auto [least, most] = std::minmax_element(weights.begin(), weights.end());
  EXPECT_GE(*least, -limit);
  EXPECT_LE(*most, limit);
  EXPECT_LT(*least, -0.9 * limit);
  EXPECT_GT(*most, 0.9 * limit);
  const auto count = static_cast<double>(weights.size());
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / count;
  // The mean of `count` uniform numbers has a standard deviation of limit / sqrt(3 count).
  EXPECT_LT(std::fabs(mean), 4 * limit / std::sqrt(3 * count));
}

TEST(Parameters, NameTheirTensorsInTheOrderOfTheModelFile) {
  std::vector<std::string> names;
  for (const PlainTensor& tensor : Parameters({5, 2, 1, 3}).plain_tensors()) {
    names.push_back(tensor.name);
  }
  EXPECT_THAT(names, ElementsAre("lstm.0.forward.input_weights", "lstm.0.forward.recurrent_weights",
                                 "lstm.0.forward.bias", "lstm.0.backward.input_weights",
                                 "lstm.0.backward.recurrent_weights", "lstm.0.backward.bias",
                                 "dense.weights", "dense.bias"));
}

TEST(Parameters, GiveEachPlainWeightAPlaceOfItsOwn) {
  for (std::size_t layers : {0, 1, 2, 3}) {
    for (std::size_t hidden : {1, 16, 17, 32}) {
      const Parameters parameters({7, hidden, layers, 3});
      std::set<std::size_t> places;
      std::size_t weights = 0;
      for (const PlainTensor& tensor : parameters.plain_tensors()) {
        for (std::size_t r = 0; r < tensor.rows; ++r) {
          for (std::size_t c = 0; c < tensor.columns; ++c) places.insert(tensor.index(r, c));
        }
        weights += tensor.rows * tensor.columns;
      }
      EXPECT_EQ(places.size(), weights);
      EXPECT_LT(*places.rbegin(), parameters.values().size());
    }
  }
}

TEST(Parameters, ComeBackFromTheirPlainTensors) {
  const Parameters parameters = initial_parameters(kShape, 1);
  Parameters copy(kShape);
  for (const PlainTensor& tensor : parameters.plain_tensors()) {
    copy.from_plain(tensor, parameters.to_plain(tensor));
  }
  EXPECT_TRUE(std::ranges::equal(parameters.values(), copy.values()));
}

TEST(Parameters, PlaceWeightsByDirectionGateAndUnit) {
  Parameters parameters(kShape);
  const std::size_t units = kShape.units(), hidden = kShape.hidden_size;
  const PlainTensor tensor = parameters.plain_tensors()[9];  // reads both directions of layer 0
  ASSERT_EQ(tensor.name, "lstm.1.backward.input_weights");
  std::vector<float> plain(tensor.rows * tensor.columns);
  plain[(hidden + 2) * tensor.columns + 3 * hidden + 5] = 1.0f;
  parameters.from_plain(tensor, plain);
  const std::size_t row = units + 2, column = (4 + 3) * units + 5;
  EXPECT_EQ(parameters.input_weights(1)[row * kShape.gates() + column], 1.0f);
}

TEST(InitialParameters, DrawKernelsWithinGlorotsLimits) {
  auto weights = plain_weights(initial_parameters(kShape, 3));
  for (const char* direction : {"forward", "backward"}) {
    expect_uniform(weights["lstm.0." + std::string(direction) + ".input_weights"], 40 + 4 * 17);
    expect_uniform(weights["lstm.1." + std::string(direction) + ".input_weights"], 2 * 17 + 4 * 17);
  }
  expect_uniform(weights["dense.weights"], 2 * 17 + 3);
}

TEST(InitialParameters, MakeRecurrentRowsOrthonormal) {
  for (std::size_t hidden : {1, 7, 17, 128}) {
    const Parameters parameters = initial_parameters({3, hidden, 1, 2}, 4);
    const PlainTensor tensor = parameters.plain_tensors()[1];
    const auto w = parameters.to_plain(tensor);
    for (std::size_t a = 0; a < tensor.rows; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        const double dot =
            std::inner_product(&w[a * tensor.columns], &w[a * tensor.columns] + tensor.columns,
                               &w[b * tensor.columns], 0.0);
        ASSERT_NEAR(dot, a == b ? 1.0 : 0.0, 1e-5) << tensor.name << ' ' << a << ' ' << b;
      }
    }
  }
}

TEST(InitialParameters, OpenTheForgetGatesAndLeaveOtherBiasesAtZero) {
  auto weights = plain_weights(initial_parameters(kShape, 5));
  for (const char* name : {"lstm.0.forward.bias", "lstm.0.backward.bias", "lstm.1.forward.bias",
                           "lstm.1.backward.bias"}) {
    std::vector<float> expected(4 * 17, 0.0f);
    std::fill_n(expected.begin() + 17, 17, 1.0f);
    EXPECT_EQ(weights[name], expected);
  }
  EXPECT_THAT(weights["dense.bias"], Each(0.0f));
}

TEST(InitialParameters, AreAFunctionOfTheSeedAndDifferBetweenTensors) {
  const auto weights = plain_weights(initial_parameters(kShape, 6));
  EXPECT_EQ(weights, plain_weights(initial_parameters(kShape, 6)));
  const auto others = plain_weights(initial_parameters(kShape, 7));
  EXPECT_NE(weights.at("dense.weights"), others.at("dense.weights"));
  EXPECT_NE(weights.at("lstm.0.forward.recurrent_weights"),
            weights.at("lstm.0.backward.recurrent_weights"));
}

}  // namespace
}  // namespace skol
