// SPDX-License-Identifier: Apache-2.0
// The network against PyTorch: probabilities, loss, gradients and the first ten losses of training.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "network/network.h"
#include "network/parity_fixture_testing.h"

namespace skol {
namespace {

using testing::fixture_names;
using testing::ParityFixture;

constexpr double kTolerance = 1e-5;  // float32 against PyTorch in float64

TEST(ParityFixtures, CoverAllDepthsAndOddSizes) {
  std::set<std::size_t> layers, hidden;
  for (const std::string& name : fixture_names()) {
    const ParityFixture fixture(name);
    layers.insert(fixture.shape.num_layers);
    if (fixture.shape.num_layers > 0) hidden.insert(fixture.shape.hidden_size);
  }
  EXPECT_EQ(layers, (std::set<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(hidden, (std::set<std::size_t>{1, 7, 17, 128, 200}));
}

class ParityInputs : public ::testing::TestWithParam<std::string> {};

TEST_P(ParityInputs, AreThoseOfTheFixture) {
  const ParityFixture fixture(GetParam());
  const auto& inputs = fixture.expected["inputs"];
  EXPECT_EQ(fixture.lines.entries(), inputs["present"]);
  const auto& values = fixture.lines.values;
  EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0), inputs["sum"], 1e-7);
  const auto count = [&](std::int32_t label) {
    return std::count(fixture.labels.begin(), fixture.labels.end(), label);
  };
  EXPECT_EQ(count(kNoLabelRow), inputs["unlabelled"]);
  for (std::size_t c = 0; c < fixture.shape.num_classes; ++c) {
    EXPECT_EQ(count(static_cast<std::int32_t>(c)), inputs["labels"][c]);
  }
}

TEST_P(ParityInputs, WeightsAreThoseOfTheFixture) {
  const ParityFixture fixture(GetParam());
  const auto tensors = fixture.parameters.plain_tensors();
  ASSERT_EQ(tensors.size(), fixture.expected["gradients"].size());
  for (std::size_t n = 0; n < tensors.size(); ++n) {
    const auto& expected = fixture.expected["gradients"][n];
    EXPECT_EQ(tensors[n].name, expected["name"]);
    const std::size_t columns = expected["shape"].back();
    EXPECT_EQ(tensors[n].columns, columns);
    const bool vector = expected["shape"].size() == 1;
    EXPECT_EQ(tensors[n].rows, vector ? 1 : expected["shape"][0].get<std::size_t>());
    const auto plain = fixture.parameters.to_plain(tensors[n]);
    EXPECT_NEAR(std::accumulate(plain.begin(), plain.end(), 0.0), expected["weight_sum"], 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Fixture, ParityInputs, ::testing::ValuesIn(fixture_names()),
                         [](const auto& instance) { return instance.param; });

class Parity : public ::testing::TestWithParam<std::tuple<std::string, const Kernels*>> {
 protected:
  const Kernels& kernels() const { return *std::get<1>(GetParam()); }
  const nlohmann::json& expected() const { return fixture_.expected; }

  void expect_probabilities(std::size_t sample, std::span<const float> row) const {
    const auto& values = expected()["probabilities"]["values"][sample];
    for (std::size_t c = 0; c < row.size(); ++c) {
      EXPECT_NEAR(row[c], values[c].get<double>(), kTolerance) << "sample " << sample;
    }
  }

  ParityFixture fixture_{std::get<0>(GetParam())};
  ThreadPool pool_{2};
};

void expect_gradient(const nlohmann::json& expected, std::span<const float> plain) {
  const double bound = kTolerance * expected["max_abs"].get<double>();
  const std::size_t stride = expected["stride"];
  for (std::size_t n = 0; n < expected["values"].size(); ++n) {
    ASSERT_NEAR(plain[n * stride], expected["values"][n].get<double>(), bound)
        << expected["name"] << ", weight " << n * stride;
  }
  // A sum of many elements: their errors add up as those of independent numbers do.
  const double squares = expected["sum_of_squares"];
  const double spread = std::sqrt(static_cast<double>(plain.size()) * squares);
  EXPECT_NEAR(std::accumulate(plain.begin(), plain.end(), 0.0), expected["sum"],
              kTolerance * spread);
}

TEST_P(Parity, ForwardPassLossAndGradientsAreThoseOfPyTorch) {
  GradientPass pass(fixture_.shape, kernels(), pool_);
  Parameters gradient(fixture_.shape);
  const double loss = pass.run(fixture_.parameters, fixture_.batch(), fixture_.loss, {}, gradient);
  EXPECT_NEAR(loss, expected()["loss"], kTolerance * loss);
  const double expected_norm = expected()["gradient_norm"];
  EXPECT_NEAR(norm(gradient, pass.touched(), pool_), expected_norm, kTolerance * expected_norm);
  const auto tensors = gradient.plain_tensors();
  for (std::size_t n = 0; n < tensors.size(); ++n) {
    expect_gradient(expected()["gradients"][n], gradient.to_plain(tensors[n]));
  }
  const auto& rows = expected()["probabilities"]["rows"];
  for (std::size_t sample = 0; sample < rows.size(); ++sample) {
    const std::size_t row = rows[sample];
    std::size_t window = fixture_.windows.size() - 1;
    while (fixture_.windows[window].first_row > row) --window;
    expect_probabilities(sample,
                         pass.probabilities(window, row - fixture_.windows[window].first_row));
  }
}

TEST_P(Parity, PredictedProbabilitiesAreThoseOfPyTorch) {
  const std::size_t classes = fixture_.shape.num_classes;
  std::vector<float> probabilities(fixture_.labels.size() * classes);
  std::vector<WindowTask> tasks;
  for (const WindowRows& window : fixture_.windows) {
    tasks.push_back({window, &probabilities[window.first_row * classes]});
  }
  std::stable_sort(tasks.begin(), tasks.end(), [](const WindowTask& a, const WindowTask& b) {
    return a.lines.length > b.lines.length;
  });
  const Network network(fixture_.parameters, kernels());
  Workspace workspace(fixture_.shape, tasks.size(), tasks.front().lines.length);
  predict_windows(network, fixture_.lines, tasks, workspace);
  const auto& rows = expected()["probabilities"]["rows"];
  for (std::size_t sample = 0; sample < rows.size(); ++sample) {
    const std::size_t row = rows[sample];
    expect_probabilities(sample, std::span(probabilities).subspan(row * classes, classes));
  }
}

INSTANTIATE_TEST_SUITE_P(FixtureAndKernels, Parity,
                         ::testing::Combine(::testing::ValuesIn(fixture_names()),
                                            ::testing::ValuesIn(available_kernels())),
                         [](const auto& instance) {
                           return std::get<0>(instance.param) + "_" +
                                  std::string(std::get<1>(instance.param)->name());
                         });

class ParityTraining : public ::testing::TestWithParam<std::string> {};

// With the fastest kernels only: gradient_test shows that training has the same bits with all.
TEST_P(ParityTraining, FirstTenLossesAreThoseOfPyTorch) {
  ParityFixture fixture(GetParam());
  const Kernels& kernels = *available_kernels().front();
  ThreadPool pool(2);
  GradientPass pass(fixture.shape, kernels, pool);
  Parameters gradient(fixture.shape);
  Adam adam(fixture.shape, fixture.adam);
  const auto& losses = fixture.expected["training_losses"];
  ASSERT_EQ(losses.size(), 10u);
  for (std::size_t step = 0; step < losses.size(); ++step) {
    const double loss = pass.run(fixture.parameters, fixture.batch(), fixture.loss, {}, gradient);
    EXPECT_NEAR(loss, losses[step], kTolerance * losses[step].get<double>()) << "step " << step;
    adam.update(kernels, pool, gradient, pass.touched(), fixture.parameters);
  }
}

INSTANTIATE_TEST_SUITE_P(Fixture, ParityTraining, ::testing::ValuesIn(fixture_names()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace skol
