// SPDX-License-Identifier: Apache-2.0
#include "network/gradient.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "network/adam.h"
#include "network/network_testing.h"

namespace skol {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using testing::random_batch;
using testing::random_parameters;
using testing::RandomBatch;
using testing::same_bits;

const std::vector<std::size_t> kLengths = {3, 50, 1, 17, 50, 2, 29};  // 152 lines in 7 windows

struct Training {
  std::vector<double> losses;
  Parameters parameters, gradient;
};

// Three steps of Adam with dropout.
Training train(const NetworkShape& shape, const Kernels& kernels, std::size_t threads) {
  const RandomBatch batch = random_batch(shape, kLengths, 11);
  ThreadPool pool(threads);
  GradientPass pass(shape, kernels, pool);
  Adam adam(shape, {.clip_norm = 0.1});
  Training training{{}, random_parameters(shape, 12), Parameters(shape)};
  for (std::uint64_t step = 0; step < 3; ++step) {
    training.losses.push_back(
        pass.run(training.parameters, batch.view(), {},
                 {.rate = 0.3, .feature_rate = 0.2, .line_rate = 0.1, .seed = 5, .step = step},
                 training.gradient));
    adam.update(kernels, pool, training.gradient, pass.touched(), training.parameters);
  }
  return training;
}

void expect_same(const Training& a, const Training& b) {
  EXPECT_EQ(a.losses, b.losses);
  EXPECT_TRUE(same_bits(a.gradient.values(), b.gradient.values()));
  EXPECT_TRUE(same_bits(a.parameters.values(), b.parameters.values()));
}

// By the number of layers and the size of the embedding.
class TrainingBits : public ::testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
 protected:
  NetworkShape shape(std::size_t hidden_size) const {
    return {.input_size = 37,
            .hidden_size = hidden_size,
            .num_layers = std::get<0>(GetParam()),
            .num_classes = 3,
            .embedding_size = std::get<1>(GetParam())};
  }
};

TEST_P(TrainingBits, AreTheSameForAnyNumberOfThreads) {
  // 70 units: weights for several tasks of every loop.
  const Kernels& kernels = *available_kernels().front();
  const Training alone = train(shape(70), kernels, 1);
  for (std::size_t threads : {2, 3, 5}) expect_same(alone, train(shape(70), kernels, threads));
}

TEST_P(TrainingBits, AreTheSameForEveryKernels) {
  const auto all = available_kernels();
  for (std::size_t hidden : {5, 17}) {
    const Training scalar = train(shape(hidden), *all.back(), 2);
    for (const Kernels* kernels : all) {
      SCOPED_TRACE(kernels->name());
      expect_same(scalar, train(shape(hidden), *kernels, 2));
    }
  }
}

TEST_P(TrainingBits, LeaveThePaddingAtZero) {
  const Training trained = train(shape(17), *available_kernels().front(), 2);
  Parameters without_padding(trained.parameters.shape());
  for (const PlainTensor& tensor : trained.parameters.plain_tensors()) {
    without_padding.from_plain(tensor, trained.parameters.to_plain(tensor));
  }
  EXPECT_TRUE(same_bits(without_padding.values(), trained.parameters.values()));
}

INSTANTIATE_TEST_SUITE_P(Layers, TrainingBits,
                         ::testing::Combine(::testing::Range<std::size_t>(0, 4),
                                            ::testing::Values(0, 21)),
                         [](const auto& instance) {
                           return std::to_string(std::get<0>(instance.param)) + "_embedding_" +
                                  std::to_string(std::get<1>(instance.param));
                         });

struct PassResult {
  double loss;
  Parameters gradient;
};

class Pass : public ::testing::Test {
 protected:
  PassResult run(const NetworkShape& shape, const RandomBatch& batch,
                 const DropoutOptions& dropout) {
    GradientPass pass(shape, kernels_, pool_);
    PassResult result{0, Parameters(shape)};
    result.loss = pass.run(random_parameters(shape, 2), batch.view(), {}, dropout, result.gradient);
    return result;
  }

  const Kernels& kernels_ = *available_kernels().front();
  ThreadPool pool_{2};
};

const NetworkShape kTwoLayers{
    .input_size = 30, .hidden_size = 9, .num_layers = 2, .num_classes = 3};

TEST_F(Pass, MayBeUsedAgainForBatchesOfOtherSizes) {
  const RandomBatch large = random_batch(kTwoLayers, kLengths, 1);
  const RandomBatch small = random_batch(kTwoLayers, std::vector<std::size_t>{4, 6}, 2);
  const Parameters parameters = random_parameters(kTwoLayers, 2);
  GradientPass used(kTwoLayers, kernels_, pool_);
  Parameters gradient(kTwoLayers);
  for (const RandomBatch* batch : {&large, &small, &large}) {
    const double loss = used.run(parameters, batch->view(), {}, {}, gradient);
    const PassResult expected = run(kTwoLayers, *batch, {});
    EXPECT_EQ(loss, expected.loss);
    EXPECT_TRUE(same_bits(gradient.values(), expected.gradient.values()));
  }
}

TEST_F(Pass, GivesProbabilitiesByTheBatchsOwnWindows) {
  const RandomBatch batch = random_batch(kTwoLayers, std::vector<std::size_t>{2, 5, 3}, 1);
  const Parameters parameters = random_parameters(kTwoLayers, 2);
  GradientPass together(kTwoLayers, kernels_, pool_), alone(kTwoLayers, kernels_, pool_);
  Parameters gradient(kTwoLayers);
  together.run(parameters, batch.view(), {}, {}, gradient);
  for (std::size_t w = 0; w < batch.windows.size(); ++w) {
    alone.run(parameters, {batch.lines, batch.labels, std::span(&batch.windows[w], 1)}, {}, {},
              gradient);
    for (std::size_t line = 0; line < batch.windows[w].length; ++line) {
      EXPECT_TRUE(same_bits(together.probabilities(w, line), alone.probabilities(0, line)));
    }
  }
}

TEST_F(Pass, OfABatchWithoutALabelledLineHasNoGradient) {
  RandomBatch batch = random_batch(kTwoLayers, kLengths, 1);
  std::fill(batch.labels.begin(), batch.labels.end(), kNoLabelRow);
  const PassResult result = run(kTwoLayers, batch, {});
  EXPECT_EQ(result.loss, 0.0);
  EXPECT_EQ(norm(result.gradient, {}, pool_), 0.0);
}

TEST_F(Pass, WithDropoutRateZeroIsThePassWithoutDropout) {
  const RandomBatch batch = random_batch(kTwoLayers, kLengths, 1);
  const PassResult without = run(kTwoLayers, batch, {});
  const PassResult zero = run(kTwoLayers, batch, {.rate = 0.0, .seed = 3, .step = 4});
  EXPECT_EQ(zero.loss, without.loss);
  EXPECT_TRUE(same_bits(zero.gradient.values(), without.gradient.values()));
}

TEST_F(Pass, DrawsAnotherMaskInEachStepAndForEachSeed) {
  const RandomBatch batch = random_batch(kTwoLayers, kLengths, 1);
  const auto loss = [&](std::uint64_t seed, std::uint64_t step) {
    return run(kTwoLayers, batch, {.rate = 0.5, .seed = seed, .step = step}).loss;
  };
  EXPECT_EQ(loss(3, 4), loss(3, 4));
  EXPECT_NE(loss(3, 4), loss(3, 5));
  EXPECT_NE(loss(3, 4), loss(4, 4));
}

TEST_F(Pass, DropsNothingFromALogisticRegression) {
  const NetworkShape logistic{
      .input_size = 30, .hidden_size = 9, .num_layers = 0, .num_classes = 3};
  const RandomBatch batch = random_batch(logistic, kLengths, 1);
  EXPECT_EQ(run(logistic, batch, {.rate = 0.5, .seed = 3, .step = 4}).loss,
            run(logistic, batch, {}).loss);
}

// The slope of the loss along its gradient is the gradient's norm, provided that the way back
// applies the masks of the way forward.
class MaskedPass : public Pass, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(MaskedPass, GradientUnderDropoutIsThatOfTheMaskedNetwork) {
  NetworkShape shape = kTwoLayers;
  shape.num_layers = 3;
  shape.embedding_size = GetParam();
  const RandomBatch batch = random_batch(shape, kLengths, 1);
  const DropoutOptions dropout{
      .rate = 0.4, .feature_rate = 0.3, .line_rate = 0.2, .seed = 3, .step = 4};
  GradientPass pass(shape, kernels_, pool_);
  const Parameters parameters = random_parameters(shape, 2);
  Parameters gradient(shape), ignored(shape);
  pass.run(parameters, batch.view(), {}, dropout, gradient);
  const double length = norm(gradient, pass.touched(), pool_);
  const auto loss_at = [&](double step) {
    Parameters moved = parameters;
    for (std::size_t i = 0; i < moved.values().size(); ++i) {
      moved.values()[i] += static_cast<float>(step / length * gradient.values()[i]);
    }
    return pass.run(moved, batch.view(), {}, dropout, ignored);
  };
  const double step = 0.01;
  EXPECT_NEAR((loss_at(step) - loss_at(-step)) / (2 * step), length, 1e-3 * length);
}

INSTANTIATE_TEST_SUITE_P(Embedding, MaskedPass, ::testing::Values(0, 13),
                         [](const auto& instance) { return std::to_string(instance.param); });

// At a rate of almost 1 no line has a feature left; where rows are not embedded, all have.
TEST_F(Pass, LeavesOutAllFeaturesOfALineAtOnce) {
  NetworkShape shape = kTwoLayers;
  const RandomBatch batch = random_batch(shape, kLengths, 1);
  const DropoutOptions lines{.line_rate = 0.999999, .seed = 3, .step = 4};
  EXPECT_EQ(run(shape, batch, lines).loss, run(shape, batch, {}).loss);
  shape.embedding_size = 5;
  EXPECT_NE(run(shape, batch, lines).loss, run(shape, batch, {}).loss);
  GradientPass pass(shape, kernels_, pool_);
  Parameters gradient(shape);
  pass.run(random_parameters(shape, 2), batch.view(), {}, lines, gradient);
  EXPECT_TRUE(pass.touched().empty());
}

// Even columns are of form. At rates of almost 1 a line keeps what the rate is not of.
TEST_F(Pass, LeavesOutTheWordsOfALineOrItsForm) {
  NetworkShape shape = kTwoLayers;
  shape.embedding_size = 5;
  const RandomBatch random = random_batch(shape, kLengths, 1);
  std::vector<std::uint8_t> form(shape.input_size, 0);
  for (std::size_t column = 0; column < form.size(); column += 2) form[column] = 1;
  TrainingBatch batch = random.view();
  const auto touched = [&](const DropoutOptions& dropout) {
    GradientPass pass(shape, kernels_, pool_);
    Parameters gradient(shape);
    pass.run(random_parameters(shape, 2), batch, {}, dropout, gradient);
    return std::vector(pass.touched().begin(), pass.touched().end());
  };
  const std::vector<std::uint32_t> all = touched({.seed = 3, .step = 4});
  const DropoutOptions no_words{.word_rate = 0.999999, .seed = 3, .step = 4},
      no_form{.form_rate = 0.999999, .seed = 3, .step = 4};
  EXPECT_EQ(touched(no_words), all);  // all columns are of one kind
  batch.form = form;
  std::vector<std::uint32_t> of_form, of_words;
  for (const std::uint32_t column : all) (form[column] ? of_form : of_words).push_back(column);
  ASSERT_FALSE(of_form.empty() || of_words.empty());
  EXPECT_EQ(touched(no_words), of_form);
  EXPECT_EQ(touched(no_form), of_words);
}

// What a step does not touch costs nothing: neither the row nor its moments change.
TEST_F(Pass, TouchesOnlyTheRowsOfAnEmbeddingWhoseFeaturesAreInTheBatch) {
  NetworkShape shape = kTwoLayers;
  shape.embedding_size = 5;
  RandomBatch batch = random_batch(shape, kLengths, 1);
  batch.lines.clear();
  for (std::size_t line = 0; line < batch.labels.size(); ++line) {
    batch.lines.append(std::vector<std::uint32_t>{line % 2 == 0 ? 4u : 7u}, std::vector{1.0f});
  }
  GradientPass pass(shape, kernels_, pool_);
  Parameters parameters = random_parameters(shape, 2), gradient(shape);
  const Parameters before = parameters;
  Adam adam(shape, {});
  for (std::uint64_t step = 0; step < 3; ++step) {
    pass.run(parameters, batch.view(), {}, {}, gradient);
    EXPECT_EQ(std::vector(pass.touched().begin(), pass.touched().end()),
              (std::vector<std::uint32_t>{4, 7}));
    adam.update(kernels_, pool_, gradient, pass.touched(), parameters);
  }
  for (std::size_t row = 0; row < shape.input_size; ++row) {
    const float* const now = parameters.sparse_weights().at(row, 0);
    const bool same = std::equal(now, now + 5, before.sparse_weights().at(row, 0));
    EXPECT_EQ(same, row != 4 && row != 7) << row;
  }
}

// The first rate is of all lines, the second of those it leaves, the third of the rest.
TEST(LineDropout, DrawsForEachLineOnce) {
  SparseRows rows;
  for (std::size_t line = 0; line < 10000; ++line) {
    rows.append(std::vector<std::uint32_t>{0, 1}, std::vector{1.0f, 1.0f});
  }
  const std::vector<std::uint8_t> form = {0, 1};
  drop_lines({.line_rate = 0.2, .word_rate = 0.25, .form_rate = 0.5, .seed = 3, .step = 4}, form,
             rows);
  std::size_t kept[2][2] = {};
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::span<const float> values = rows.row_values(row);
    ++kept[values[0] != 0][values[1] != 0];
  }
  const auto lines = static_cast<double>(rows.size());
  const double tolerance = 4 * std::sqrt(0.25 / lines);
  EXPECT_NEAR(static_cast<double>(kept[0][0]) / lines, 0.2, tolerance);
  EXPECT_NEAR(static_cast<double>(kept[0][1]) / lines, 0.2, tolerance);
  EXPECT_NEAR(static_cast<double>(kept[1][0]) / lines, 0.3, tolerance);
}

TEST(DropoutMask, KeepsTheMean) {
  const std::size_t count = 1 << 18;
  for (double rate : {0.125, 0.3, 0.5, 0.9}) {
    std::vector<float> values(count, 1.0f);
    Dropout(rate, 1, 2).apply(0, values);
    const auto dropped = static_cast<double>(std::count(values.begin(), values.end(), 0.0f));
    const double deviation = std::sqrt(rate * (1 - rate) / count);
    // Half a 256th: the rate's resolution.
    EXPECT_NEAR(dropped / count, rate, 4 * deviation + 1.0 / 512);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    EXPECT_NEAR(mean, 1.0, 4 * deviation / (1 - rate));
  }
}

TEST(DropoutMask, ScalesAllThatItKeepsAlike) {
  std::vector<float> values(1000, 3.0f);
  Dropout(0.25, 1, 2).apply(0, values);
  EXPECT_THAT(values, Each(AnyOf(0.0f, 4.0f)));
}

TEST(DropoutMask, IsAFunctionOfTheIndexNotOfThePiecesItIsAppliedIn) {
  std::vector<float> whole(1001, 1.0f), pieces = whole;
  const Dropout dropout(0.3, 1, 2);
  dropout.apply(40, whole);
  dropout.apply(40, std::span(pieces).first(16));
  dropout.apply(56, std::span(pieces).subspan(16));
  EXPECT_EQ(whole, pieces);
}

TEST(DropoutMask, OfRateZeroIsInactiveAndKeepsAll) {
  const Dropout dropout(0.0, 1, 2);
  EXPECT_FALSE(dropout.active());
  std::vector<float> values(100, 1.0f);
  dropout.apply(0, values);
  EXPECT_EQ(values, std::vector<float>(100, 1.0f));
}

}  // namespace
}  // namespace skol
