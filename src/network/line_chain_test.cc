// SPDX-License-Identifier: Apache-2.0
#include "network/line_chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "skol/error.h"

namespace skol {
namespace {

// Probabilities of `lines` lines.
std::vector<float> random_rows(std::size_t lines, std::size_t classes, std::uint64_t seed) {
  const CounterRandom random(seed, 0);
  std::vector<float> rows(lines * classes);
  for (std::size_t t = 0; t < lines; ++t) {
    double sum = 0;
    std::vector<double> p;
    for (std::size_t c = 0; c < classes; ++c) {
      p.push_back(std::exp(2 * random.normal(t * classes + c)));
      sum += p.back();
    }
    for (std::size_t c = 0; c < classes; ++c)
      rows[t * classes + c] = static_cast<float>(p[c] / sum);
  }
  return rows;
}

std::vector<float> random_factors(std::size_t classes, std::uint64_t seed) {
  std::vector<float> factors(2 * classes * classes);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    factors[i] = static_cast<float>(std::exp(CounterRandom(seed, 1).normal(i)));
  }
  return factors;
}

// Every third line stands apart from the one before.
std::vector<std::uint8_t> apart_of(std::size_t lines) {
  std::vector<std::uint8_t> apart(lines);
  for (std::size_t t = 0; t < lines; ++t) apart[t] = t % 3 == 2;
  return apart;
}

// Calls visit(labels, weight) for every label sequence of lines that apart_of parts.
template <class Visit>
void for_each_sequence(const std::vector<float>& rows, const std::vector<float>& factors,
                       std::size_t classes, const Visit& visit) {
  const std::size_t lines = rows.size() / classes;
  std::vector<std::size_t> labels(lines, 0);
  while (true) {
    double weight = 1;
    for (std::size_t t = 0; t < lines; ++t) {
      weight *= rows[t * classes + labels[t]];
      const std::size_t first = t % 3 == 2 ? classes * classes : 0;
      if (t > 0) weight *= factors[first + labels[t - 1] * classes + labels[t]];
    }
    visit(labels, weight);
    std::size_t t = 0;
    while (t < lines && ++labels[t] == classes) labels[t++] = 0;
    if (t == lines) return;
  }
}

TEST(LineChain, GivesTheMarginalsOfAllLabelSequences) {
  for (const auto& [lines, classes] :
       std::vector<std::pair<std::size_t, std::size_t>>{{1, 3}, {2, 2}, {6, 3}, {4, 5}}) {
    std::vector<float> rows = random_rows(lines, classes, lines);
    const std::vector<float> factors = random_factors(classes, classes);
    std::vector<double> expected(rows.size(), 0.0);
    double all = 0;
    for_each_sequence(rows, factors, classes, [&](const auto& labels, double weight) {
      all += weight;
      for (std::size_t t = 0; t < labels.size(); ++t) expected[t * classes + labels[t]] += weight;
    });
    LineChain(factors, classes).decode(rows, apart_of(lines), classes);
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_NEAR(rows[i], expected[i] / all, 1e-6);
  }
}

TEST(LineChain, WithoutTransitionsChangesNothing) {
  const std::vector<float> rows = random_rows(40, 3, 1);
  std::vector<float> decoded = rows;
  LineChain().decode(decoded, apart_of(40), 3);
  EXPECT_EQ(decoded, rows);
  LineChain(std::vector<float>(18, 1.0f), 3).decode(decoded, apart_of(40), 3);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_NEAR(decoded[i], rows[i], 1e-6);
}

TEST(LineChain, StandsLongDocumentsAndProbabilitiesOfZero) {
  const std::size_t lines = 30000;
  std::vector<float> rows(2 * lines);
  for (std::size_t t = 0; t < lines; ++t) rows[2 * t + t % 2] = 1;
  const std::vector<std::uint8_t> together(lines, 0);
  LineChain({1e-6f, 1e6f, 1e6f, 1e-6f, 1, 1, 1, 1}, 2).decode(rows, together, 2);
  for (std::size_t t = 0; t < lines; ++t) {
    ASSERT_NEAR(rows[2 * t] + rows[2 * t + 1], 1, 1e-6);
    ASSERT_GT(rows[2 * t + t % 2], 0.99f);
  }
  LineChain({1e6f, 1e-6f, 1e-6f, 1e6f, 1, 1, 1, 1}, 2).decode(rows, together, 2);
  for (const float p : rows) ASSERT_TRUE(p >= 0 && p <= 1) << p;
}

TEST(LineChain, RefusesFactorsThatAreNone) {
  for (const std::vector<float>& factors : {std::vector<float>{1, 1, 1, 1},
                                            {1, 1, 1, 1, 1, 1, 1, 0},
                                            {1, 1, 1, -1, 1, 1, 1, 1},
                                            {1, 1, 1, 1e7f, 1, 1, 1, 1}}) {
    try {
      LineChain(factors, 2);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel);
    }
  }
}

double log_likelihood(const ChainExample& example, const std::vector<float>& factors,
                      std::size_t classes, double sharpness) {
  std::vector<float> rows = example.probabilities;
  for (float& p : rows) p = static_cast<float>(std::pow(p, sharpness));
  double all = 0, right = 0;
  for_each_sequence(rows, factors, classes, [&](const auto& labels, double weight) {
    all += weight;
    bool agrees = true;
    for (std::size_t t = 0; t < labels.size(); ++t) {
      agrees &= example.labels[t] < 0 || static_cast<std::size_t>(example.labels[t]) == labels[t];
    }
    if (agrees) right += weight;
  });
  return std::log(right / all);
}

// Labelled by the most probable label but for one line of each document; one has no label.
std::vector<ChainExample> examples_of_two_documents() {
  std::vector<ChainExample> examples = {{random_rows(7, 3, 5), apart_of(7), {}},
                                        {random_rows(6, 3, 6), apart_of(6), {}}};
  for (ChainExample& example : examples) {
    for (std::size_t t = 0; t < example.apart.size(); ++t) {
      const float* p = &example.probabilities[3 * t];
      const auto best = static_cast<std::int32_t>(std::max_element(p, p + 3) - p);
      example.labels.push_back(t == 2 ? (best + 1) % 3 : t == 4 ? -1 : best);
    }
  }
  return examples;
}

// The prior of the factors pulls by log(factor): at the best point slopes of likelihood and prior
// cancel.
TEST(FittedChain, IsWhereTheLikelihoodOfTheLabelsIsHighest) {
  const std::vector<ChainExample> examples = examples_of_two_documents();
  const FittedChain fitted = fit_chain(examples, 3, {});
  const std::vector<float> best(fitted.chain.factors().begin(), fitted.chain.factors().end());
  const auto total = [&](const std::vector<float>& factors, double sharpness) {
    double sum = 0;
    for (const ChainExample& example : examples) {
      sum += log_likelihood(example, factors, 3, sharpness);
    }
    for (const float factor : factors) sum -= 0.5 * std::pow(std::log(factor), 2);
    return sum;
  };
  const double height = total(best, fitted.sharpness);
  EXPECT_GT(height, total(std::vector<float>(18, 1.0f), 1.0));
  for (std::size_t f = 0; f < best.size(); ++f) {
    for (const float change : {0.9f, 1.1f}) {
      std::vector<float> moved = best;
      moved[f] *= change;
      EXPECT_LT(total(moved, fitted.sharpness), height + 1e-5) << f;
    }
  }
  for (const double change : {0.9, 1.1}) {
    EXPECT_LT(total(best, change * fitted.sharpness), height + 1e-5);
  }
  EXPECT_LT(fitted.loss, fitted.loss_before);
}

TEST(FittedChain, FindsHowMuchTooSureProbabilitiesAre) {
  // Labels drawn from p, told as p^2: what is right is p^2 to the power of one half.
  const std::size_t lines = 4000;
  ChainExample example{random_rows(lines, 3, 9), apart_of(lines), {}};
  for (std::size_t t = 0; t < lines; ++t) {
    const double drawn = CounterRandom(1, 2).uniform(t);
    const float* p = &example.probabilities[3 * t];
    example.labels.push_back(drawn < p[0] ? 0 : drawn < p[0] + p[1] ? 1 : 2);
  }
  for (std::size_t t = 0; t < lines; ++t) {
    float* p = &example.probabilities[3 * t];
    const float sum = p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
    for (std::size_t c = 0; c < 3; ++c) p[c] = p[c] * p[c] / sum;
  }
  const FittedChain fitted =
      fit_chain(std::vector{example}, 3, {.transitions = false, .sharpness = true});
  EXPECT_NEAR(fitted.sharpness, 0.5, 0.03);
  EXPECT_TRUE(fitted.chain.empty());
}

TEST(LineLoss, IsThatOfTheMarginals) {
  const std::vector<ChainExample> examples = examples_of_two_documents();
  const std::vector<float> factors = random_factors(3, 8);
  double loss = 0;
  for (const ChainExample& example : examples) {
    std::vector<double> sums(example.probabilities.size(), 0.0);
    double all = 0;
    for_each_sequence(example.probabilities, factors, 3, [&](const auto& labels, double weight) {
      all += weight;
      for (std::size_t t = 0; t < labels.size(); ++t) sums[3 * t + labels[t]] += weight;
    });
    for (std::size_t t = 0; t < example.labels.size(); ++t) {
      if (example.labels[t] < 0) continue;
      loss -= std::log(sums[3 * t + static_cast<std::size_t>(example.labels[t])] / all);
    }
  }
  EXPECT_NEAR(line_loss(LineChain(factors, 3), examples, 3), loss / 11, 1e-6);
  EXPECT_EQ(line_loss(LineChain(factors, 3), {}, 3), 0.0);
}

// Labels in runs; the probabilities say the same line after line, right or wrong, as a network's do
// that sees the neighbours. What they say of a run is one witness, not ten.
TEST(TemperedChain, IsWeakerWhereLinesThatAreWrongStandTogether) {
  const std::size_t lines = 3000, run = 10;
  ChainExample example{{}, std::vector<std::uint8_t>(lines, 0), {}};
  const CounterRandom random(3, 4);
  for (std::size_t t = 0; t < lines; ++t) {
    const auto label = static_cast<std::int32_t>(random.below(t / run, 2));
    const bool right = random.uniform(1000 + t / run) < 0.8;
    const float p = (label == 1) == right ? 0.8f : 0.2f;
    example.probabilities.insert(example.probabilities.end(), {1 - p, p});
    example.labels.push_back(label);
  }
  const std::vector<ChainExample> examples = {example};
  const LineChain fitted = fit_chain(examples, 2, {.transitions = true, .sharpness = false}).chain;
  const LineChain weaker = tempered(fitted, examples, 2);
  EXPECT_LT(line_loss(weaker, examples, 2), line_loss(fitted, examples, 2) - 0.05);
  EXPECT_LE(line_loss(weaker, examples, 2), line_loss(LineChain(), examples, 2) + 1e-6);
  EXPECT_TRUE(tempered(LineChain(), examples, 2).empty());
}

TEST(FittedChain, OfNoLabelsIsNone) {
  const std::vector<ChainExample> examples = {{random_rows(3, 2, 1), apart_of(3), {-1, -1, -1}}};
  const FittedChain fitted = fit_chain(examples, 2, {});
  EXPECT_EQ(fitted.sharpness, 1.0);
  EXPECT_TRUE(fitted.chain.empty());
}

}  // namespace
}  // namespace skol
