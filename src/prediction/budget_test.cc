// SPDX-License-Identifier: Apache-2.0
// Prediction within a budget that others change while it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "prediction/memory_plan.h"
#include "prediction/random_model_testing.h"
#include "skol/error.h"
#include "skol/predictor.h"

namespace skol {
namespace {

// A sanitizer keeps freed memory for a while: what the process holds grows from test to test.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kFreedMemoryIsKept = true;
#else
constexpr bool kFreedMemoryIsKept = false;
#endif

PredictionOptions options_of(std::size_t batch_size) {
  PredictionOptions options;
  options.prediction_batch_size = batch_size;
  options.threads = 2;
  return options;
}

// Looked at before every batch.
Predictor::BudgetSource source(std::function<std::uint64_t()> bytes) {
  return {[bytes = std::move(bytes)] {
            return MemoryBudget{bytes(), 0, "memory_budget", 1, 1};
          },
          std::chrono::milliseconds(0)};
}

std::vector<float> probabilities_of(Predictor& predictor, PredictionStats& stats) {
  std::vector<float> all;
  PredictionRun run(predictor, [&](LabelledDocument&& document) {
    all.insert(all.end(), document.probabilities.begin(), document.probabilities.end());
  });
  for (unsigned i = 0; i < 6; ++i) {
    run.add(random_document("d" + std::to_string(i), 100 + 150 * i, i));
  }
  run.finish();
  stats = run.stats();
  return all;
}

// Some room beyond the plan: what the process holds varies from run to run.
std::uint64_t enough_for(const Model& model, std::size_t batch_size) {
  return memory_plan(model, options_of(batch_size)).bytes(batch_size);
}

TEST(Budget, ThatShrinksInARunMakesBatchesSmallerAndChangesNoBit) {
  const Model model = random_model();
  Predictor free(model, options_of(20));
  PredictionStats stats;
  const auto expected = probabilities_of(free, stats);
  EXPECT_THAT(stats.batch_sizes, ::testing::ElementsAre(20));

  std::size_t looks = 0;
  const std::uint64_t much = enough_for(model, 40), little = enough_for(model, 1);
  Predictor predictor(model, options_of(20), source([&] { return ++looks < 4 ? much : little; }));
  EXPECT_EQ(probabilities_of(predictor, stats), expected);
  EXPECT_EQ(stats.batch_sizes.front(), 20u);
  EXPECT_LE(stats.batch_sizes.back(), 2u);
  EXPECT_EQ(stats.reductions, 1u) << "at once to what fits";
}

TEST(Budget, ThatComesAndGoesFiftyTimesChangesNoBit) {
  if (kFreedMemoryIsKept) GTEST_SKIP() << "the budget is of a process that gives memory back";
  const Model model = random_model();
  Predictor free(model, options_of(12));
  PredictionStats stats;
  const auto expected = probabilities_of(free, stats);
  const std::uint64_t much = enough_for(model, 24);
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    bool first = true;
    Predictor predictor(model, options_of(12), source([&] {
                          if (std::exchange(first, false)) return much;
                          // Often far below what the process has already.
                          return random() % 3 == 0 ? much * (random() % 100) / 100 : much;
                        }));
    EXPECT_EQ(probabilities_of(predictor, stats), expected) << "seed " << seed;
    EXPECT_GT(stats.reductions, 0u) << "seed " << seed;
  }
}

TEST(Budget, ThatIsBackLetsBatchesGrowAgain) {
  const Model model = random_model();
  const std::uint64_t much = enough_for(model, 24), little = enough_for(model, 1);
  std::size_t looks = 0;
  Predictor predictor(model, options_of(8), source([&] {
                        ++looks;
                        return looks == 3 ? little : much;
                      }));
  PredictionStats stats;
  probabilities_of(predictor, stats);
  EXPECT_EQ(stats.batch_sizes.back(), 8u);
  EXPECT_GT(stats.batch_sizes.size(), 2u);
  EXPECT_EQ(stats.reductions, 1u);
}

TEST(Budget, ReducesASizeThatDoesNotFitBeforeTheFirstBatch) {
  const Model model = random_model();
  const std::uint64_t some = enough_for(model, 9);
  Predictor predictor(model, options_of(4096), source([&] { return some; }));
  EXPECT_TRUE(predictor.choice().reduced);
  EXPECT_GE(predictor.choice().prediction_batch_size, 1u);
  EXPECT_LT(predictor.choice().prediction_batch_size, 4096u);
  PredictionStats stats;
  probabilities_of(predictor, stats);
  EXPECT_EQ(stats.choice.reason, predictor.choice().reason);
}

TEST(Budget, BelowOneWindowIsAnErrorBeforeAnythingIsDone) {
  EXPECT_THROW(Predictor(random_model(), options_of(1), source([] { return 1000; })), Error);
}

TEST(Budget, CountsDocumentsThatAreLargerThanThought) {
  const Model model = random_model();
  const std::uint64_t some = enough_for(model, 64);
  Predictor predictor(model, options_of(64), source([&] { return some; }));
  PredictionRun run(predictor, [](LabelledDocument&&) {});
  // One line of 16 MiB is one window, but no 2 KiB.
  run.add(parse_raw("long", std::string(std::size_t{16} << 20, 'x'), TextErrors::kStrict));
  run.add(random_document("d", 500, 1));
  run.finish();
  EXPECT_GT(run.stats().reductions, 0u);
}

TEST(AutomaticSize, IsChosenWithinTheBudgetAndSaysWhy) {
  if (kFreedMemoryIsKept) GTEST_SKIP() << "the budget is of a process that gives memory back";
  const Model model = random_model();
  PredictionOptions options = options_of(kAutoBatchSize);
  Predictor free(model, options);
  EXPECT_GE(free.choice().prediction_batch_size, 48u);
  EXPECT_NE(free.choice().reason.find("auto -> "), std::string::npos) << free.choice().reason;
  EXPECT_FALSE(free.choice().reduced);

  const std::uint64_t some = enough_for(model, 7);
  Predictor tight(model, options, source([&] { return some; }));
  EXPECT_LT(tight.choice().prediction_batch_size, 48u);
  EXPECT_LE(memory_plan(model, options).bytes(tight.choice().prediction_batch_size),
            some + (std::uint64_t{1} << 20));
  PredictionStats stats, stats_of_free;
  EXPECT_EQ(probabilities_of(tight, stats), probabilities_of(free, stats_of_free));
  EXPECT_EQ(stats.choice.prediction_batch_size, tight.choice().prediction_batch_size);
}

TEST(AutomaticSize, IsFoundForEveryKindOfModel) {
  for (const std::size_t layers : {0, 1, 3}) {
    Predictor predictor(random_model(layers), options_of(kAutoBatchSize));
    EXPECT_GE(predictor.choice().prediction_batch_size, 1u);
  }
}

}  // namespace
}  // namespace skol
