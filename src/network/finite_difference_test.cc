// SPDX-License-Identifier: Apache-2.0
// The gradient, in two steps: the reference network in double against finite differences of its
// loss, then GradientPass in float32 against the reference network.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "network/network_testing.h"
#include "network/reference_network_testing.h"

namespace skol {
namespace {

using testing::random_batch;
using testing::random_parameters;
using testing::RandomBatch;

// The central difference of fourth order: in double, and with this step, good to about 1e-12.
double difference(ReferenceNetwork& network, double& weight, const TrainingBatch& batch,
                  const LossOptions& loss) {
  const double kept = weight, step = 1e-3;
  const auto at = [&](double offset) {
    weight = kept + offset;
    return network.loss(batch, loss);
  };
  const double near = at(step) - at(-step), far = at(2 * step) - at(-2 * step);
  weight = kept;
  return (8 * near - far) / (12 * step);
}

LossOptions loss_number(std::uint64_t which, std::size_t num_classes) {
  LossOptions loss;
  if (which % 3 == 1) {
    for (std::size_t c = 0; c < num_classes; ++c) {
      loss.class_weights.push_back(0.25f + 1.5f * static_cast<float>(c));
    }
  } else if (which % 3 == 2) {
    loss.focal_classes = {0, static_cast<std::int32_t>(num_classes - 1)};
  }
  return loss;
}

class RandomNetwork : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomNetwork, GradientOfTheReferenceIsThatOfFiniteDifferences) {
  const std::uint64_t seed = GetParam();
  const CounterRandom random(seed, 0);
  const NetworkShape shape{.input_size = 1 + random.below(0, 6),
                           .hidden_size = 1 + seed % 9,
                           .num_layers = seed % 4,
                           .num_classes = 2 + random.below(1, 3),
                           .embedding_size = seed / 4 % 3 * 4};
  std::vector<std::size_t> lengths;
  for (std::uint64_t w = 0; w < 3; ++w) lengths.push_back(1 + random.below(2 + w, 4));
  const RandomBatch batch = random_batch(shape, lengths, seed);
  const LossOptions loss = loss_number(seed / 4, shape.num_classes);
  ReferenceNetwork network(random_parameters(shape, seed));
  // A normalised sum of small weights bends more than a difference over finite steps follows.
  for (double& weight : network.tensors().back().values) weight *= shape.embeds() ? 10 : 1;
  const auto gradient = network.gradient(batch.view(), loss);
  // Below 1e-5 a derivative is held to 1e-11, near what a difference in double can tell.
  const double least = 1e-5;
  for (std::size_t tensor = 0; tensor < gradient.size(); ++tensor) {
    for (std::size_t i = 0; i < gradient[tensor].values.size(); ++i) {
      double& weight = network.tensors()[tensor].values[i];
      const double expected = difference(network, weight, batch.view(), loss);
      const double value = gradient[tensor].values[i];
      ASSERT_NEAR(value, expected, 1e-6 * std::max(std::fabs(expected), least))
          << "tensor " << tensor << ", weight " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetwork, ::testing::Range<std::uint64_t>(0, 24),
                         [](const auto& instance) { return std::to_string(instance.param); });

class OddSizes
    : public ::testing::TestWithParam<std::tuple<std::size_t, std::size_t, std::size_t>> {
 protected:
  NetworkShape shape() const {
    return {.input_size = 23,
            .hidden_size = std::get<0>(GetParam()),
            .num_layers = std::get<1>(GetParam()),
            .num_classes = 5,
            .embedding_size = std::get<2>(GetParam())};
  }
};

double largest(std::span<const double> values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::fabs(value));
  return most;
}

TEST_P(OddSizes, GradientPassIsTheReferenceToFloatPrecision) {
  const RandomBatch batch = random_batch(shape(), std::vector<std::size_t>{3, 9, 1, 9, 5}, 7);
  const Parameters parameters = random_parameters(shape(), 8);
  const ReferenceNetwork reference(parameters);
  ThreadPool pool(2);
  GradientPass pass(shape(), *available_kernels().front(), pool);
  for (std::uint64_t which = 0; which < 3; ++which) {
    const LossOptions loss = loss_number(which, shape().num_classes);
    Parameters gradient(shape());
    const double value = pass.run(parameters, batch.view(), loss, {}, gradient);
    EXPECT_NEAR(value, reference.loss(batch.view(), loss), 1e-5);
    const auto expected = reference.gradient(batch.view(), loss);
    const auto tensors = gradient.plain_tensors();
    for (std::size_t n = 0; n < tensors.size(); ++n) {
      const double bound = 1e-5 * largest(expected[n].values);
      const auto plain = gradient.to_plain(tensors[n]);
      for (std::size_t i = 0; i < plain.size(); ++i) {
        ASSERT_NEAR(plain[i], expected[n].values[i], bound) << tensors[n].name << ", weight " << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(HiddenAndLayers, OddSizes,
                         ::testing::Combine(::testing::Values(1, 7, 17, 128, 200),
                                            ::testing::Values(1, 2, 3), ::testing::Values(0, 19)),
                         [](const auto& instance) {
                           return "hidden_" + std::to_string(std::get<0>(instance.param)) +
                                  "_layers_" + std::to_string(std::get<1>(instance.param)) +
                                  "_embedding_" + std::to_string(std::get<2>(instance.param));
                         });

}  // namespace
}  // namespace skol
