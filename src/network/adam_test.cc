// SPDX-License-Identifier: Apache-2.0
#include "network/adam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "network/network_testing.h"

namespace skol {
namespace {

using testing::random_parameters;
using testing::same_bits;

const NetworkShape kShape{.input_size = 5, .hidden_size = 3, .num_layers = 0, .num_classes = 16};

// Weights after steps with the given gradients, all weights having the same one in a step.
Parameters updated(const AdamOptions& options, const std::vector<float>& gradients) {
  ThreadPool pool(1);
  Adam adam(kShape, options);
  Parameters parameters(kShape), gradient(kShape);
  for (const float value : gradients) {
    std::fill(gradient.values().begin(), gradient.values().end(), value);
    adam.update(*available_kernels().front(), pool, gradient, {}, parameters);
  }
  return parameters;
}

TEST(AdamUpdate, FollowsTheFormulaWithBiasCorrection) {
  const std::vector<float> gradients = {0.5f, -0.25f, 2.0f};
  const AdamOptions options{.learning_rate = 0.01, .clip_norm = 0.0};
  double w = 0, m = 0, v = 0;
  for (int t = 1; t <= 3; ++t) {
    const double g = gradients[static_cast<std::size_t>(t - 1)];
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    w -= 0.01 * m / (1 - std::pow(0.9, t)) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-7);
  }
  const Parameters parameters = updated(options, gradients);
  // In float32 1 - 0.999 is off by a share of 1.3e-5, its root by half of that.
  for (const float value : parameters.values()) EXPECT_NEAR(value, w, 1e-5 * std::fabs(w));
}

TEST(AdamUpdate, ScalesAGradientThatIsTooLongDownToTheClipNorm) {
  // 96 weights: gradients of norm 2, then 1/2 and 8, and the same clipped to 1.
  ASSERT_EQ(Parameters(kShape).values().size(), 96u);
  const auto of_norm = [](double norm) { return static_cast<float>(norm / std::sqrt(96.0)); };
  const Parameters clipped = updated({.clip_norm = 1.0}, {of_norm(2), of_norm(0.5), of_norm(8)});
  const Parameters same = updated({.clip_norm = 0.0}, {of_norm(1), of_norm(0.5), of_norm(1)});
  for (std::size_t i = 0; i < same.values().size(); ++i) {
    EXPECT_NEAR(clipped.values()[i], same.values()[i], 1e-8);
  }
}

TEST(AdamUpdate, LeavesAGradientWithinTheClipNormAsItIs) {
  const std::vector<float> gradients = {0.1f, -0.02f, 0.003f};  // of norms 1, 0.2 and 0.03
  const Parameters clipped = updated({.clip_norm = 1.0}, gradients);
  EXPECT_TRUE(same_bits(clipped.values(), updated({.clip_norm = 0.0}, gradients).values()));
}

TEST(AdamUpdate, LeavesWeightsWithoutGradientAlone) {
  const Parameters parameters = updated({}, {0.0f, 0.0f});
  for (const float value : parameters.values()) EXPECT_EQ(value, 0.0f);
}

TEST(Norm, IsTheLengthOfAllTensorsTogetherForAnyNumberOfThreads) {
  const NetworkShape shape{.input_size = 50, .hidden_size = 60, .num_layers = 2, .num_classes = 3};
  const Parameters gradient = random_parameters(shape, 1);
  double squares = 0;
  for (const float value : gradient.values()) squares += static_cast<double>(value) * value;
  ThreadPool alone(1);
  const double length = norm(gradient, {}, alone);
  EXPECT_NEAR(length, std::sqrt(squares), 1e-10 * length);
  for (std::size_t threads : {2, 3, 5}) {
    ThreadPool pool(threads);
    EXPECT_EQ(norm(gradient, {}, pool), length);
  }
}

}  // namespace
}  // namespace skol
