// SPDX-License-Identifier: Apache-2.0
#include "skol/predictor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>

#include "kernels/kernels.h"
#include "model/model_data.h"
#include "network/network.h"
#include "prediction/random_model_testing.h"
#include "skol/error.h"
#include "windows/overlap_merge.h"

namespace skol {
namespace {

using ::testing::ElementsAre;

std::vector<Document> mixed_documents() {
  std::vector<Document> documents;
  unsigned seed = 1;
  for (std::size_t lines : {0, 1, 2, 49, 50, 51, 75, 76, 300, 0, 7, 120}) {
    documents.push_back(random_document("d" + std::to_string(seed), lines, seed));
    ++seed;
  }
  return documents;
}

struct Result {
  PredictionStats stats;
  std::vector<LabelledDocument> documents;
};

Result predict(const Model& model, const std::vector<Document>& documents,
               const PredictionOptions& options = {}) {
  Result result;
  std::size_t next = 0;
  result.stats = Predictor(model, options)
                     .run(
                         [&]() -> std::optional<Document> {
                           if (next == documents.size()) return std::nullopt;
                           return documents[next++];
                         },
                         [&](LabelledDocument&& d) { result.documents.push_back(std::move(d)); });
  return result;
}

PredictionOptions batch_of(std::size_t prediction_batch_size) {
  PredictionOptions options;
  options.prediction_batch_size = prediction_batch_size;
  return options;
}

void expect_same(const std::vector<LabelledDocument>& a, const std::vector<LabelledDocument>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t d = 0; d < a.size(); ++d) {
    EXPECT_EQ(a[d].document.id, b[d].document.id);
    EXPECT_EQ(a[d].labels, b[d].labels);
    ASSERT_EQ(a[d].probabilities.size(), b[d].probabilities.size());
    if (a[d].probabilities.empty()) continue;
    EXPECT_EQ(std::memcmp(a[d].probabilities.data(), b[d].probabilities.data(),
                          a[d].probabilities.size() * sizeof(float)),
              0)
        << a[d].document.id;
  }
}

// The guide's example: 100 sequences of 5 windows are 500 windows.
TEST(Predictor, PoolsWindowsOfManyDocumentsIntoAsFewCallsAsTheBatchAllows) {
  std::vector<Document> documents;
  for (unsigned i = 0; i < 100; ++i) documents.push_back(random_document("d", 150, i));
  const std::pair<std::size_t, std::size_t> expected[] = {{64, 8}, {128, 4}, {32, 16}, {1, 500}};
  for (const auto& [batch_size, calls] : expected) {
    const PredictionStats stats = predict(random_model(), documents, batch_of(batch_size)).stats;
    EXPECT_EQ(stats.windows, 500u);
    EXPECT_EQ(stats.predict_calls, calls);
    EXPECT_EQ(stats.batch_sizes, std::vector<std::size_t>{batch_size});
    std::map<std::size_t, std::size_t> sizes_of_calls = {{batch_size, 500 / batch_size}};
    if (500 % batch_size > 0) sizes_of_calls[500 % batch_size] = 1;
    EXPECT_EQ(stats.calls_by_windows, sizes_of_calls);
  }
}

TEST(Predictor, GivesTheSameBitsForAnyBatchSizeThreadsTargetAndCompany) {
  const auto documents = mixed_documents();
  for (std::size_t num_layers : {0, 1, 2}) {
    const Model model = random_model(num_layers);
    const Result expected = predict(model, documents);
    for (std::size_t batch_size : {1, 2, 3, 7, 16, 31, 33, 96, 1000}) {
      PredictionOptions options = batch_of(batch_size);
      for (options.threads = 1; options.threads <= 3; ++options.threads) {
        expect_same(expected.documents, predict(model, documents, options).documents);
      }
    }
    for (const Kernels* kernels : available_kernels()) {
      PredictionOptions options;
      options.target = kernels->name();
      expect_same(expected.documents, predict(model, documents, options).documents);
    }
    for (std::size_t d = 0; d < documents.size(); ++d) {
      const Result alone = predict(model, {documents[d]});
      expect_same({expected.documents[d]}, alone.documents);
    }
  }
}

// Against a loop over windows one by one.
TEST(Predictor, AveragesTheWindowsThatCoverALine) {
  const Model model = random_model(1, 10, 4);
  const Document document = random_document("d", 37, 5);
  const Network network(model.data().parameters, find_kernels("scalar"));
  std::vector<std::size_t> numbers;
  SparseRows rows;
  FeatureScratch scratch;
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    if (!is_classified(document.line(i))) continue;
    numbers.push_back(i);
    model.data().vectorizer.append_row(document.line(i), scratch, rows);
  }
  OverlapMerge merge(numbers.size(), 3);
  Workspace workspace(network.shape(), 1, 10);
  for (const Window& window : sliding_windows(numbers.size(), 10, 4)) {
    std::vector<float> probabilities(window.length * 3);
    const WindowTask task{{window.begin, window.length}, probabilities.data()};
    predict_windows(network, rows, {&task, 1}, workspace);
    merge.add(window, probabilities);
  }
  const std::vector<float> expected = std::move(merge).finish();
  const LabelledDocument result = predict(model, {document}).documents.at(0);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(result.probabilities[numbers[i] * 3 + c], expected[i * 3 + c]);
    }
  }
}

TEST(Predictor, LabelsEveryLineButBlankOnesAndCountsThem) {
  const auto documents = mixed_documents();
  const Result result = predict(random_model(), documents);
  std::size_t lines = 0, blank = 0;
  for (const LabelledDocument& d : result.documents) {
    for (std::size_t i = 0; i < d.document.lines.size(); ++i) {
      const bool classified = is_classified(d.document.line(i));
      ++lines;
      blank += !classified;
      EXPECT_EQ(d.labels[i] != kNoLabel, classified);
      const float* p = &d.probabilities[i * 3];
      EXPECT_NEAR(p[0] + p[1] + p[2], classified ? 1.0 : 0.0, 1e-6);
      EXPECT_TRUE(!classified || d.labels[i] == most_probable(p, 3));
    }
  }
  EXPECT_EQ(result.stats.documents, documents.size());
  EXPECT_EQ(result.stats.lines, lines);
  EXPECT_EQ(result.stats.blank_lines, blank);
  EXPECT_EQ(result.stats.reductions, 0u);
}

TEST(Predictor, HoldsNoMoreDocumentsThanABatchNeeds) {
  std::size_t given = 0, taken = 0, most = 0;
  const PredictionStats stats = Predictor(random_model(), batch_of(8))
                                    .run(
                                        [&]() -> std::optional<Document> {
                                          most = std::max(most, given - taken);
                                          if (given == 200) return std::nullopt;
                                          return random_document("d", given++ % 3 == 0 ? 60 : 5, 1);
                                        },
                                        [&](LabelledDocument&&) { ++taken; });
  EXPECT_EQ(taken, 200u);
  EXPECT_LE(most, 8u);
  EXPECT_EQ(stats.documents, 200u);
}

TEST(Predictor, EndsWithWhatSourceOrSinkThrowAndCanRunAgain) {
  Predictor predictor(random_model(), {});
  const Predictor::Source broken = []() -> std::optional<Document> {
    throw std::runtime_error("disk gone");
  };
  EXPECT_THROW(predictor.run(broken, [](LabelledDocument&&) {}), std::runtime_error);
  std::size_t next = 0;
  const auto documents = mixed_documents();
  const PredictionStats stats = predictor.run(
      [&]() -> std::optional<Document> {
        return next < documents.size() ? std::optional(documents[next++]) : std::nullopt;
      },
      [](LabelledDocument&&) {});
  EXPECT_EQ(stats.documents, documents.size());
}

TEST(Predictor, TakesAStrideOfItsOwnAndRefusesOneThatLeavesLinesOut) {
  PredictionOptions options;
  options.prediction_stride = 50;
  const std::vector<Document> documents = {random_document("d", 200, 1)};
  EXPECT_EQ(predict(random_model(), documents).stats.windows, 7u);
  EXPECT_EQ(predict(random_model(), documents, options).stats.windows, 4u);
  options.prediction_stride = 51;
  EXPECT_THROW(predict(random_model(), documents, options), Error);
  PredictionOptions unknown_target;
  unknown_target.target = "mmx";
  EXPECT_THROW(predict(random_model(), documents, unknown_target), Error);
}

TEST(MostProbable, IsTheFirstOfEquals) {
  const float p[] = {0.2f, 0.4f, 0.4f};
  EXPECT_EQ(most_probable(p, 3), 1);
}

TEST(Predictor, LooksFromTheCallingThreadWhileOthersWork) {
  PredictionOptions options;
  options.prediction_batch_size = 100000;
  options.threads = 3;
  Predictor predictor(random_model(), options);
  std::set<std::thread::id> threads;
  PredictionRun run(
      predictor, [](LabelledDocument&&) {},
      [&](const PredictionStats&) { threads.insert(std::this_thread::get_id()); });
  run.add(random_document("long", 20000, 1));
  run.finish();
  EXPECT_THAT(threads, ElementsAre(std::this_thread::get_id()));
}

TEST(Predictor, CanBeEndedWithinALongDocument) {
  PredictionOptions options;
  options.prediction_batch_size = 100000;
  options.threads = 1;
  Predictor predictor(random_model(), options);
  std::size_t looks = 0;
  PredictionRun run(
      predictor, [](LabelledDocument&&) { FAIL() << "nothing is done yet"; },
      [&](const PredictionStats&) {
        if (++looks == 2) throw std::runtime_error("enough");
      });
  run.add(random_document("long", 20000, 1));
  EXPECT_THROW(run.finish(), std::runtime_error);
}

}  // namespace
}  // namespace skol
