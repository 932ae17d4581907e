// SPDX-License-Identifier: Apache-2.0
#include "network/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "network/network_testing.h"

namespace skol {
namespace {

using testing::random_batch;
using testing::random_parameters;
using testing::RandomBatch;
using testing::same_bits;

constexpr std::size_t kWindowSize = 20;

// Windows as a document has them: they overlap, lie inside one another, repeat, leave gaps.
const std::vector<WindowRows> kWindows = {{0, 20}, {10, 20}, {20, 20}, {30, 20},
                                          {40, 7}, {12, 3},  {12, 3},  {46, 1},
                                          {0, 1},  {60, 20}, {80, 20}, {75, 20}};

using Probabilities = std::vector<std::vector<float>>;  // by window

// By layers, kernels and the size of the embedding.
class Prediction
    : public ::testing::TestWithParam<std::tuple<std::size_t, const Kernels*, std::size_t>> {
 protected:
  // The windows whose indices are given, as one micro-batch, in the order given.
  Probabilities predict(const std::vector<std::size_t>& indices) const {
    return predict(network_, batch_.lines, kWindows, indices);
  }

  static Probabilities predict(const Network& network, const SparseRows& lines,
                               const std::vector<WindowRows>& windows,
                               const std::vector<std::size_t>& indices) {
    Probabilities probabilities(windows.size());
    std::vector<WindowTask> tasks;
    for (const std::size_t w : indices) {
      probabilities[w].resize(windows[w].length * network.shape().num_classes);
      tasks.push_back({windows[w], probabilities[w].data()});
    }
    // As small as it may be, so that AddressSanitizer sees what goes beyond.
    Workspace workspace(network.shape(), tasks.size(), tasks.front().lines.length);
    predict_windows(network, lines, tasks, workspace);
    return probabilities;
  }

  static std::vector<std::size_t> longest_first(const std::vector<WindowRows>& windows) {
    std::vector<std::size_t> order(windows.size());
    for (std::size_t w = 0; w < order.size(); ++w) order[w] = w;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return windows[a].length > windows[b].length;
    });
    return order;
  }

  FlushDenormals flush_;  // as in the threads of a pool
  NetworkShape shape_{.input_size = 31,
                      .hidden_size = 17,
                      .num_layers = std::get<0>(GetParam()),
                      .num_classes = 3,
                      .embedding_size = std::get<2>(GetParam())};
  RandomBatch batch_ = random_batch(shape_, std::vector<std::size_t>{100}, 3);
  Parameters parameters_ = random_parameters(shape_, 4);
  Network network_{parameters_, *std::get<1>(GetParam())};
};

TEST_P(Prediction, OfAWindowAloneHasTheSameBitsAsInCompany) {
  const auto order = longest_first(kWindows);
  const Probabilities together = predict(order);
  for (const std::size_t w : order) {
    EXPECT_TRUE(same_bits(predict({w})[w], together[w])) << "window " << w;
  }
}

TEST_P(Prediction, DependsOnNoOtherWindowOfTheMicroBatch) {
  const auto order = longest_first(kWindows);
  const Probabilities all = predict(order);
  for (std::size_t count = 1; count < order.size(); ++count) {
    for (std::size_t first = 0; first + count <= order.size(); ++first) {
      const std::vector<std::size_t> some(
          order.begin() + static_cast<std::ptrdiff_t>(first),
          order.begin() + static_cast<std::ptrdiff_t>(first + count));
      const Probabilities probabilities = predict(some);
      for (const std::size_t w : some) ASSERT_TRUE(same_bits(probabilities[w], all[w]));
    }
  }
}

TEST_P(Prediction, DoesNotDependOnTheOrderOfEquallyLongWindows) {
  auto order = longest_first(kWindows);
  const Probabilities before = predict(order);
  std::stable_sort(order.begin(), order.end(), [](std::size_t a, std::size_t b) {
    return kWindows[a].length != kWindows[b].length ? kWindows[a].length > kWindows[b].length
                                                    : a > b;
  });
  EXPECT_EQ(before, predict(order));
}

TEST_P(Prediction, OfOverlappingWindowsIsThatOfSeparateCopiesOfTheirLines) {
  SparseRows copies;
  std::vector<WindowRows> separate;
  for (const WindowRows& window : kWindows) {
    separate.push_back({copies.size(), window.length});
    for (std::size_t t = 0; t < window.length; ++t) {
      copies.append(batch_.lines.row_columns(window.first_row + t),
                    batch_.lines.row_values(window.first_row + t));
    }
  }
  const auto order = longest_first(kWindows);
  EXPECT_EQ(predict(order), predict(network_, copies, separate, order));
}

TEST_P(Prediction, HasTheSameBitsWithEveryKernels) {
  const Network scalar(network_.parameters(), *available_kernels().back());
  const auto order = longest_first(kWindows);
  EXPECT_EQ(predict(order), predict(scalar, batch_.lines, kWindows, order));
}

TEST_P(Prediction, HasTheSameBitsWithItsDirectionsOnTwoThreads) {
  ThreadPool pool(2);
  const auto order = longest_first(kWindows);
  const Probabilities alone = predict(order);
  for (std::size_t count : {1, 2, 7, 12}) {
    Probabilities shared(kWindows.size());
    std::vector<WindowTask> tasks;
    for (const std::size_t w : std::span(order).first(count)) {
      shared[w].resize(alone[w].size());
      tasks.push_back({kWindows[w], shared[w].data()});
    }
    Workspace workspace(shape_, tasks.size(), kWindowSize);
    predict_windows(network_, batch_.lines, tasks, workspace, pool);
    for (const std::size_t w : std::span(order).first(count)) {
      EXPECT_TRUE(same_bits(shared[w], alone[w])) << count << " windows";
    }
  }
}

// More windows than go through the layers together.
TEST_P(Prediction, OfAFullMicroBatchHasTheBitsOfItsParts) {
  std::vector<WindowRows> windows = kWindows;
  windows.insert(windows.end(), kWindows.begin(), kWindows.end());
  const Probabilities together = predict(network_, batch_.lines, windows, longest_first(windows));
  const Probabilities parts = predict(longest_first(kWindows));
  for (std::size_t w = 0; w < windows.size(); ++w) {
    EXPECT_TRUE(same_bits(together[w], parts[w % kWindows.size()]));
  }
}

TEST_P(Prediction, InBf16IsNearAndHasTheSameBitsInAnyCompany) {
  const auto order = longest_first(kWindows);
  const Probabilities exact = predict(order);
  const Network plain(parameters_, network_.kernels(), &reference_bf16_kernels());
  const Probabilities together = predict(plain, batch_.lines, kWindows, order);
  for (const std::size_t w : order) {
    EXPECT_TRUE(same_bits(predict(plain, batch_.lines, kWindows, {w})[w], together[w]));
    for (std::size_t i = 0; i < exact[w].size(); ++i) {
      EXPECT_NEAR(together[w][i], exact[w][i], 0.02);
    }
  }
  if (native_bf16_kernels() == nullptr) return;
  const Network native(parameters_, network_.kernels(), native_bf16_kernels());
  EXPECT_EQ(predict(native, batch_.lines, kWindows, order), together);
}

TEST_P(Prediction, HasTheBitsOfTraining) {
  ThreadPool pool(1);
  GradientPass pass(shape_, network_.kernels(), pool);
  Parameters gradient(shape_);
  pass.run(network_.parameters(), {batch_.lines, batch_.labels, kWindows}, {}, {}, gradient);
  const Probabilities probabilities = predict(longest_first(kWindows));
  for (std::size_t w = 0; w < kWindows.size(); ++w) {
    for (std::size_t line = 0; line < kWindows[w].length; ++line) {
      EXPECT_TRUE(
          same_bits(std::span(probabilities[w]).subspan(3 * line, 3), pass.probabilities(w, line)));
    }
  }
}

TEST_P(Prediction, LeavesNoTraceInTheWorkspace) {
  Workspace workspace(shape_, kWindows.size(), kWindowSize);
  Probabilities first, second;
  for (Probabilities* result : {&first, &second}) {
    std::vector<WindowTask> tasks;
    result->resize(kWindows.size());
    for (const std::size_t w : longest_first(kWindows)) {
      (*result)[w].resize(3 * kWindows[w].length);
      tasks.push_back({kWindows[w], (*result)[w].data()});
    }
    predict_windows(network_, batch_.lines, tasks, workspace);
    predict_windows(network_, batch_.lines, {}, workspace);
  }
  EXPECT_EQ(first, second);
}

TEST(SparseWeightsOfBf16, AreThoseOfFloat32InSlicesOfTheirOwn) {
  for (const std::size_t hidden : {16, 32, 48, 64, 128}) {
    const NetworkShape shape{
        .input_size = 5, .hidden_size = hidden, .num_layers = 1, .num_classes = 3};
    const Parameters parameters = random_parameters(shape, 6);
    const Network network(parameters, find_kernels("scalar"), &reference_bf16_kernels());
    const SlicedMatrix<const Bf16> w = network.bf16_sparse_weights();
    const SlicedMatrix<const float> exact = parameters.sparse_weights();
    EXPECT_EQ(w.slice, hidden % 64 == 0 ? 256 : exact.slice);
    const std::vector<float> zeros(w.slice, 0.0f), one{1.0f};
    std::vector<float> sums(w.slice);
    for (std::uint32_t row = 0; row < shape.input_size; ++row) {
      for (std::size_t column = 0; column < shape.gates(); column += w.slice) {
        reference_bf16_kernels().sparse_row({&row, 1}, one, w.at(0, column), w.slice, w.slice,
                                            zeros.data(), sums.data());
        for (std::size_t n = 0; n < w.slice; ++n) {
          EXPECT_EQ(sums[n], to_float(to_bf16(*exact.at(row, column + n))));
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(LayersAndKernels, Prediction,
                         ::testing::Combine(::testing::Range<std::size_t>(0, 4),
                                            ::testing::ValuesIn(available_kernels()),
                                            ::testing::Values(0, 45)),
                         [](const auto& instance) {
                           return std::to_string(std::get<0>(instance.param)) + "_" +
                                  std::string(std::get<1>(instance.param)->name()) + "_embedding_" +
                                  std::to_string(std::get<2>(instance.param));
                         });

}  // namespace
}  // namespace skol
