// SPDX-License-Identifier: Apache-2.0
#include "network/loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace skol {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

// Rows of three classes, padded to four columns.
constexpr std::size_t kClasses = 3, kStride = 4;

struct Result {
  double loss;
  std::vector<float> gradient;
};

Result loss_of(const LossOptions& options, const std::vector<float>& probabilities,
               const std::vector<std::int32_t>& labels) {
  Result result{0, std::vector<float>(probabilities.size(), 99.0f)};
  result.loss = loss_gradient(options, probabilities, labels, kClasses, kStride, result.gradient);
  return result;
}

TEST(CrossEntropy, IsTheMeanOverLabelledRowsAndItsGradientProbabilityMinusTarget) {
  const Result result = loss_of({}, {0.5f, 0.25f, 0.25f, 0, 0.125f, 0.75f, 0.125f, 0}, {0, 2});
  EXPECT_NEAR(result.loss, (std::log(2.0) + std::log(8.0)) / 2, 1e-6);
  EXPECT_THAT(result.gradient,
              ElementsAre(-0.25f, 0.125f, 0.125f, 0, 0.0625f, 0.375f, -0.4375f, 0));
}

TEST(CrossEntropy, WeighsRowsByTheirLabelAndDividesByTheirNumberNotTheirWeight) {
  const LossOptions weighted{.class_weights = {4.0f, 1.0f, 0.5f}, .focal_classes = {}};
  const Result result =
      loss_of(weighted, {0.5f, 0.25f, 0.25f, 0, 0.125f, 0.75f, 0.125f, 0}, {0, 2});
  EXPECT_NEAR(result.loss, (4 * std::log(2.0) + 0.5 * std::log(8.0)) / 2, 1e-6);
  EXPECT_THAT(result.gradient, ElementsAre(-1.0f, 0.5f, 0.5f, 0, 0.03125f, 0.1875f, -0.21875f, 0));
}

TEST(CrossEntropy, LeavesUnlabelledRowsOut) {
  const Result with = loss_of({}, {0.5f, 0.25f, 0.25f, 0, 0.1f, 0.2f, 0.7f, 0}, {0, kNoLabelRow});
  const Result without = loss_of({}, {0.5f, 0.25f, 0.25f, 0}, {0});
  EXPECT_EQ(with.loss, without.loss);
  EXPECT_THAT(with.gradient, ElementsAre(-0.5f, 0.25f, 0.25f, 0, 0, 0, 0, 0));
}

TEST(CrossEntropy, OfNoLabelledRowIsZero) {
  const Result result = loss_of({}, {0.5f, 0.25f, 0.25f, 0}, {kNoLabelRow});
  EXPECT_EQ(result.loss, 0.0);
  EXPECT_THAT(result.gradient, Each(0.0f));
  EXPECT_EQ(loss_of({}, {}, {}).loss, 0.0);
}

TEST(CrossEntropy, OfAnImpossibleLabelIsLargeButFinite) {
  const Result result = loss_of({}, {1.0f, 0.0f, 0.0f, 0}, {1});
  EXPECT_GT(result.loss, 80);
  EXPECT_TRUE(std::isfinite(result.loss));
  EXPECT_THAT(result.gradient, ElementsAre(1.0f, -1.0f, 0, 0));
}

TEST(SoftF1, IsOneMinusTheMeanOfItsClasses) {
  const LossOptions focal{.class_weights = {}, .focal_classes = {0, 2}};
  // Class 0: TP 0.5, FP 0.125, FN 0.5. Class 2: TP 0.125, FP 0.25, FN 0.875.
  const Result result = loss_of(focal, {0.5f, 0.25f, 0.25f, 0, 0.125f, 0.75f, 0.125f, 0}, {0, 2});
  EXPECT_NEAR(result.loss, 1 - (1.0 / 1.625 + 0.25 / 1.375) / 2, 1e-6);
}

TEST(SoftF1, HasTheGradientOfItsFormula) {
  const LossOptions focal{.class_weights = {}, .focal_classes = {0}};
  const Result result = loss_of(focal, {0.5f, 0.25f, 0.25f, 0, 0.125f, 0.75f, 0.125f, 0}, {0, 2});
  // n / d = 1 / 1.625: by p of the own row -(2d - n) / d^2, by p of the other row n / d^2; through
  // the softmax p (1 - p) by the class itself, -p p[c] by class c.
  const float d2 = 1.625f * 1.625f, own = -2.25f / d2 * 0.5f, other = 1.0f / d2 * 0.125f;
  const std::vector<float> expected = {own * 0.5f,     own * -0.25f,   own * -0.25f,    0,
                                       other * 0.875f, other * -0.75f, other * -0.125f, 0};
  EXPECT_THAT(result.gradient, Pointwise(FloatNear(1e-6f), expected));
}

TEST(SoftF1, IsZeroWhereAllIsRight) {
  const LossOptions focal{.class_weights = {}, .focal_classes = {0, 2}};
  const Result result = loss_of(focal, {1.0f, 0, 0, 0, 0, 0, 1.0f, 0}, {0, 2});
  EXPECT_NEAR(result.loss, 0.0, 1e-6);
  EXPECT_THAT(result.gradient, Each(0.0f));
}

TEST(SoftF1, LeavesUnlabelledRowsOut) {
  const LossOptions focal{.class_weights = {}, .focal_classes = {0}};
  const Result with = loss_of(focal, {0.5f, 0.25f, 0.25f, 0, 0.9f, 0.1f, 0, 0}, {0, kNoLabelRow});
  const Result without = loss_of(focal, {0.5f, 0.25f, 0.25f, 0}, {0});
  EXPECT_EQ(with.loss, without.loss);
  EXPECT_THAT(std::vector(with.gradient.begin() + kStride, with.gradient.end()), Each(0.0f));
}

TEST(SoftF1, OfNoLabelledRowIsOneAndPushesNothing) {
  const LossOptions focal{.class_weights = {}, .focal_classes = {0, 1}};
  const Result result = loss_of(focal, {0.5f, 0.25f, 0.25f, 0}, {kNoLabelRow});
  EXPECT_EQ(result.loss, 1.0);
  EXPECT_THAT(result.gradient, Each(0.0f));
}

}  // namespace
}  // namespace skol
