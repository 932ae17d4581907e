// SPDX-License-Identifier: Apache-2.0
#include "skol/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "skol/error.h"

namespace skol {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

using Indices = std::vector<std::uint32_t>;

Indices indices(const std::string& letters) {
  Indices result;
  result.reserve(letters.size());
  for (const char letter : letters) result.push_back(static_cast<std::uint32_t>(letter - 'a'));
  return result;
}

std::vector<std::string> label_names(std::size_t number) {
  std::vector<std::string> names;
  names.reserve(number);
  for (std::size_t i = 0; i < number; ++i) names.push_back("label-" + std::to_string(i));
  return names;
}

void expect_near(double value, const json& expected, const std::string& what) {
  EXPECT_NEAR(value, expected.get<double>(), 1e-12) << what;
}

void expect_summary(const Scores& scores, const json& expected) {
  expect_near(scores.accuracy, expected["accuracy"], "accuracy");
  expect_near(scores.macro_f1, expected["macro_f1"], "macro_f1");
  expect_near(scores.weighted_precision, expected["weighted_precision"], "weighted_precision");
  expect_near(scores.weighted_recall, expected["weighted_recall"], "weighted_recall");
  expect_near(scores.weighted_f1, expected["weighted_f1"], "weighted_f1");
  const json& frequent = expected["macro_f1_frequent"];
  ASSERT_EQ(scores.macro_f1_frequent.has_value(), !frequent.is_null());
  if (!frequent.is_null()) {
    expect_near(*scores.macro_f1_frequent, frequent, "macro_f1_frequent");
  }
}

void expect_labels(const Scores& scores, const json& expected) {
  ASSERT_EQ(scores.per_label.size(), expected["f1"].size());
  for (std::size_t i = 0; i < scores.per_label.size(); ++i) {
    const LabelScores& label = scores.per_label[i];
    EXPECT_EQ(label.label, "label-" + std::to_string(i));
    expect_near(label.precision, expected["precision"][i], label.label + " precision");
    expect_near(label.recall, expected["recall"][i], label.label + " recall");
    expect_near(label.f1, expected["f1"][i], label.label + " f1");
    EXPECT_EQ(label.support, expected["support"][i].get<std::uint64_t>());
    for (std::size_t j = 0; j < scores.per_label.size(); ++j) {
      EXPECT_EQ(scores.confusion.count(i, j), expected["confusion"][i][j].get<std::uint64_t>());
    }
  }
}

// tests/sklearn_metrics_fixture.py wrote the file.
TEST(Scores, AgreeWithScikitLearn) {
  std::ifstream file(SKOL_SOURCE_DIR "/tests/fixtures/sklearn_metrics.json");
  const json fixture = json::parse(file);
  ASSERT_GE(fixture["cases"].size(), 10u);
  for (const json& sample : fixture["cases"]) {
    SCOPED_TRACE(sample["name"].get<std::string>());
    const Indices gold = indices(sample["gold"]);
    const Scores scores =
        score(gold, indices(sample["predicted"]), label_names(sample["num_labels"]));
    EXPECT_EQ(scores.lines, gold.size());
    expect_summary(scores, sample["expected"]);
    expect_labels(scores, sample["expected"]);
  }
}

TEST(Scores, LeaveLabelsThatOccurNowhereOutOfTheMean) {
  const Scores scores = score(Indices{0, 0, 2}, Indices{0, 0, 2}, label_names(4));
  EXPECT_EQ(scores.macro_f1, 1.0);
  EXPECT_EQ(scores.per_label[1].f1, 0.0);
  EXPECT_EQ(scores.per_label[1].support, 0u);
}

TEST(Scores, OfNoLinesAreZero) {
  const Scores scores = score(Indices{}, Indices{}, label_names(2));
  EXPECT_EQ(scores.lines, 0u);
  EXPECT_EQ(scores.accuracy, 0.0);
  EXPECT_EQ(scores.macro_f1, 0.0);
  EXPECT_EQ(scores.weighted_f1, 0.0);
  EXPECT_FALSE(scores.macro_f1_frequent.has_value());
}

TEST(Scores, AreThoseOfTheConfusionMatrix) {
  ConfusionMatrix confusion(label_names(2));
  confusion.add(0, 0);
  confusion.add(0, 1);
  confusion.add(1, 1);
  EXPECT_EQ(confusion.count(0, 1), 1u);
  EXPECT_EQ(confusion.count(1, 0), 0u);
  const Scores scores = score(confusion);
  EXPECT_DOUBLE_EQ(scores.accuracy, 2.0 / 3.0);
  EXPECT_THAT(scores.confusion.labels(), ElementsAre("label-0", "label-1"));
}

template <typename Action>
std::string error_of(ErrorKind kind, Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(Scores, NeedAsManyPredictionsAsGoldLines) {
  EXPECT_THAT(error_of(ErrorKind::kInternal,
                       [] {
                         score(Indices{0, 0}, Indices{0}, label_names(1));
                       }),
              HasSubstr("1 predictions for 2 gold lines"));
}

TEST(ConfusionMatrix, RefusesIndicesOfNoLabel) {
  ConfusionMatrix confusion(label_names(2));
  EXPECT_THAT(error_of(ErrorKind::kInternal, [&] { confusion.add(2, 0); }),
              HasSubstr("gold label 2 predicted as 0, expected indices below 2"));
  error_of(ErrorKind::kInternal, [&] { confusion.add(0, 2); });
}

TEST(ConfusionMatrix, RefusesNoLabelsAndTooMany) {
  EXPECT_THAT(error_of(ErrorKind::kParameter, [] { ConfusionMatrix({}); }),
              HasSubstr("0 labels to score"));
  EXPECT_THAT(error_of(ErrorKind::kParameter, [] { ConfusionMatrix(label_names(2049)); }),
              HasSubstr("2049 labels to score"));
}

}  // namespace
}  // namespace skol
