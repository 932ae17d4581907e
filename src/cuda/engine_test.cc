// SPDX-License-Identifier: Apache-2.0
// The kernels of the GPU, run as C++, in every form they have: against the reference network in
// double, and against each other bit for bit.
#include "cuda/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "device/card_in_place_testing.h"
#include "device/local_device.h"
#include "device/network_description.h"
#include "kernels/bf16_kernels.h"
#include "kernels/reference_cell.h"
#include "network/network.h"
#include "network/network_testing.h"
#include "network/reference_network_testing.h"

namespace skol::cuda {
namespace {

using skol::testing::random_batch;
using skol::testing::random_parameters;
using skol::testing::RandomBatch;
using skol::testing::same_bits;

// Windows that overlap, lie inside one another, repeat; the longest first.
const std::vector<WindowRows> kWindows = {{0, 9}, {4, 9}, {8, 9}, {17, 9}, {3, 9}, {11, 9},
                                          {5, 9}, {2, 9}, {7, 9}, {6, 9},  {1, 8}, {20, 4},
                                          {3, 3}, {3, 3}, {9, 1}, {0, 1}};
constexpr std::size_t kWindowSize = 9, kLines = 26;

using Probabilities = std::vector<std::vector<float>>;  // by window

Probabilities predict(Accelerator& network, const SparseRows& lines, std::size_t classes,
                      std::span<const WindowRows> windows) {
  Probabilities probabilities;
  std::vector<WindowTask> tasks;
  for (const WindowRows& window : windows) {
    probabilities.emplace_back(window.length * classes, -1.0f);
  }
  for (std::size_t w = 0; w < windows.size(); ++w) {
    tasks.push_back({windows[w], probabilities[w].data()});
  }
  // Lines without a window need room too.
  const std::size_t room = std::max(windows.size(), (lines.size() + kWindowSize - 1) / kWindowSize);
  const auto queue = network.make_queue(room, kWindowSize);
  queue->start(0, lines, tasks);
  queue->finish(0);
  return probabilities;
}

struct Case {
  std::string name;
  std::size_t hidden_size, num_layers, num_classes;
  FakeCardOptions card = {};
};

FakeCardOptions card_of(std::uint64_t shared, std::uint64_t clusters, std::int64_t threads = 0) {
  FakeCardOptions card;
  card.shared = shared;
  card.clusters = clusters;
  card.threads = threads;
  return card;
}

class EachForm : public ::testing::TestWithParam<Case> {
 protected:
  NetworkShape shape_{.input_size = 31,
                      .hidden_size = GetParam().hidden_size,
                      .num_layers = GetParam().num_layers,
                      .num_classes = GetParam().num_classes};
  CardInPlace card_{GetParam().card};
  RandomBatch batch_ = random_batch(shape_, std::vector<std::size_t>{kLines}, 3);
  Parameters parameters_ = random_parameters(shape_, 4);
  std::unique_ptr<Accelerator> network_ = load_network(card_.open(), parameters_);
};

TEST_P(EachForm, HasTheProbabilitiesOfTheReferenceWithin1e5) {
  const ReferenceMatrix expected =
      ReferenceNetwork(parameters_).probabilities({batch_.lines, batch_.labels, kWindows});
  const Probabilities result = predict(*network_, batch_.lines, shape_.num_classes, kWindows);
  std::size_t row = 0;
  for (std::size_t w = 0; w < kWindows.size(); ++w) {
    for (std::size_t t = 0; t < kWindows[w].length; ++t, ++row) {
      for (std::size_t c = 0; c < shape_.num_classes; ++c) {
        ASSERT_NEAR(result[w][t * shape_.num_classes + c], expected.at(row, c), 1e-5)
            << "window " << w << ", line " << t << ", class " << c;
      }
    }
  }
}

TEST_P(EachForm, HasTheSameBitsAloneAndInCompany) {
  const Probabilities together = predict(*network_, batch_.lines, shape_.num_classes, kWindows);
  for (std::size_t w = 0; w < kWindows.size(); ++w) {
    const Probabilities alone =
        predict(*network_, batch_.lines, shape_.num_classes, {&kWindows[w], 1});
    EXPECT_TRUE(same_bits(alone[0], together[w])) << "window " << w;
  }
  const std::span<const WindowRows> few(kWindows.data() + 9, 5);
  const Probabilities some = predict(*network_, batch_.lines, shape_.num_classes, few);
  for (std::size_t w = 0; w < few.size(); ++w) EXPECT_TRUE(same_bits(some[w], together[w + 9]));
}

constexpr std::uint64_t kKiB = 1024;

INSTANTIATE_TEST_SUITE_P(
    Networks, EachForm,
    ::testing::Values(Case{"NoLayers", 16, 0, 3}, Case{"Small", 5, 1, 3},
                      Case{"OddSizes", 17, 3, 20}, Case{"Units64WithWeightsInRegisters", 64, 2, 3},
                      Case{"Units128OnOneMultiprocessor", 128, 2, 3},
                      Case{"Units128OfAnOlderDevice", 128, 1, 3, card_of(163 * kKiB, 0)},
                      Case{"Units128InAClusterOfFour", 128, 1, 3, card_of(48 * kKiB, 1)},
                      Case{"Units256InAClusterOfEight", 256, 1, 3},
                      Case{"Units256WithWeightsInGlobalMemory", 256, 1, 3, card_of(163 * kKiB, 0)},
                      Case{"Units64WithWeightsInGlobalMemory", 64, 2, 3, card_of(20 * kKiB, 0)},
                      Case{"Units112", 100, 1, 3, card_of(100 * kKiB, 1)},
                      Case{"StepByStep", 48, 2, 3, card_of(8 * kKiB, 0)},
                      Case{"InDescendingOrder", 64, 2, 3, card_of(32 * kKiB, 1, -1)}),
    [](const auto& instance) { return instance.param.name; });

// The bits of a processor's bf16 are not to be had: sums are added in another order, after which an
// output may be rounded the other way. What bf16 itself rounds away is 250 times as much and more.
class EachBf16Form : public EachForm {
 protected:
  std::unique_ptr<Accelerator> in_bf16_ = load_network(card_.open(), parameters_, kSkolDeviceBf16);
};

TEST_P(EachBf16Form, HasTheProbabilitiesOfTheProcessorsBf16) {
  const Network reference(parameters_, find_kernels("scalar"), &reference_bf16_kernels());
  skol::Workspace workspace(shape_, kWindows.size(), kWindowSize);
  Probabilities expected;
  std::vector<WindowTask> tasks;
  for (const WindowRows& window : kWindows) {
    expected.emplace_back(window.length * shape_.num_classes);
    tasks.push_back({window, expected.back().data()});
  }
  const FlushDenormals flush;
  predict_windows(reference, batch_.lines, tasks, workspace);
  const Probabilities result = predict(*in_bf16_, batch_.lines, shape_.num_classes, kWindows);
  const Probabilities exact = predict(*network_, batch_.lines, shape_.num_classes, kWindows);
  double apart = 0, rounding = 0;
  for (std::size_t w = 0; w < kWindows.size(); ++w) {
    for (std::size_t i = 0; i < expected[w].size(); ++i) {
      EXPECT_NEAR(result[w][i], expected[w][i], 5e-4) << "window " << w << ", value " << i;
      apart += std::abs(result[w][i] - expected[w][i]);
      rounding += std::abs(result[w][i] - exact[w][i]);
    }
  }
  if (shape_.num_layers > 0) {
    EXPECT_LT(apart, rounding / 50);
  }
}

TEST_P(EachBf16Form, HasTheSameBitsAloneAndInCompany) {
  const Probabilities together = predict(*in_bf16_, batch_.lines, shape_.num_classes, kWindows);
  for (std::size_t w = 0; w < kWindows.size(); ++w) {
    const Probabilities alone =
        predict(*in_bf16_, batch_.lines, shape_.num_classes, {&kWindows[w], 1});
    EXPECT_TRUE(same_bits(alone[0], together[w])) << "window " << w;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Networks, EachBf16Form,
    ::testing::Values(Case{"NoLayers", 16, 0, 3}, Case{"Small", 5, 1, 3},
                      Case{"OddSizes", 17, 3, 20}, Case{"Units128InRegisters", 128, 2, 3},
                      Case{"Units256InAClusterOfTwo", 256, 1, 3},
                      Case{"Units160WithWeightsInSharedMemory", 160, 1, 3},
                      Case{"StepByStep", 48, 2, 3, card_of(3 * kKiB, 0)},
                      Case{"InDescendingOrder", 64, 2, 3, card_of(32 * kKiB, 1, -1)}),
    [](const auto& instance) { return instance.param.name; });

TEST(Bf16Model, TakesHalfTheMemoryWithItsMatrices) {
  const NetworkShape shape{.input_size = 1, .hidden_size = 128, .num_layers = 3, .num_classes = 3};
  SkolDeviceNetwork sizes = network_sizes(shape);
  const CardInPlace card;
  const auto library = DeviceLibrary::find();
  const double fp32 = static_cast<double>(library->api().model_bytes(&sizes));
  sizes.precision = kSkolDeviceBf16;
  EXPECT_NEAR(static_cast<double>(library->api().model_bytes(&sizes)) / fp32, 0.5, 0.01);
}

TEST(Cell, IsThatOfTheProcessor) {
  for (float z = -40; z < 40; z += 0.37f) {
    const float gates[4] = {z, 1.7f - z, 0.3f * z, z / 2};
    float c = 0.25f, expected_c = 0;
    const float h = lstm_cell({gates[0], gates[1], gates[2], gates[3]}, c);
    EXPECT_EQ(h, update_cell(gates, 0.25f, expected_c)) << z;
    EXPECT_EQ(c, expected_c) << z;
  }
}

// Every thread of a kernel is a thread here: ThreadSanitizer sees a barrier that is missing.
TEST(Kernels, GiveTheSameBitsWithThreadsAsWithLoops) {
  const std::vector<Case> cases = {{"", 16, 2, 3},
                                   {"", 64, 1, 3, card_of(20 * kKiB, 1)},
                                   {"", 16, 2, 3, card_of(2 * kKiB, 0)},
                                   {"bf16", 16, 2, 3},
                                   {"bf16", 32, 1, 3, card_of(2 * kKiB, 1)},
                                   {"bf16", 16, 2, 3, card_of(1 * kKiB, 0)}};
  for (const Case& c : cases) {
    const auto precision = c.name == "bf16" ? kSkolDeviceBf16 : kSkolDeviceFp32;
    const NetworkShape shape{.input_size = 31,
                             .hidden_size = c.hidden_size,
                             .num_layers = c.num_layers,
                             .num_classes = 3};
    const Parameters parameters = random_parameters(shape, 4);
    const RandomBatch batch = random_batch(shape, std::vector<std::size_t>{7}, 3);
    const std::vector<WindowRows> windows = {{0, 4}, {2, 4}, {3, 4}, {1, 4}, {3, 4}, {4, 3}};
    CardInPlace card(c.card);
    const auto by_loops = load_network(card.open(), parameters, precision);
    const Probabilities expected = predict(*by_loops, batch.lines, 3, windows);
    card.options().threads = 1;
    card.apply();
    const auto by_threads = load_network(card.open(), parameters, precision);
    EXPECT_EQ(predict(*by_threads, batch.lines, 3, windows), expected);
  }
}

TEST(SparseLines, OfAnyNumberOfEntriesComeInParts) {
  const NetworkShape shape{.input_size = 3000, .hidden_size = 8, .num_layers = 1, .num_classes = 3};
  const Parameters parameters = random_parameters(shape, 4);
  // Room for 64 entries a line: the third line takes more than there is for all.
  RandomBatch batch;
  for (const std::uint32_t entries : {3u, 300u, 2900u, 0u, 500u, 200u, 10u}) {
    std::vector<std::uint32_t> columns(entries);
    std::iota(columns.begin(), columns.end(), 7u);
    batch.lines.append(columns, std::vector<float>(entries, 0.03f));
    batch.labels.push_back(0);
  }
  const std::vector<WindowRows> windows = {{0, 7}};
  const CardInPlace card;
  const auto network = load_network(card.open(), parameters);
  const Probabilities result = predict(*network, batch.lines, 3, windows);
  const ReferenceMatrix expected =
      ReferenceNetwork(parameters).probabilities({batch.lines, batch.labels, windows});
  for (std::size_t i = 0; i < 21; ++i) EXPECT_NEAR(result[0][i], expected.values[i], 1e-5);
}

TEST(Slots, HoldTwoBatchesAtOnce) {
  const NetworkShape shape{.input_size = 31, .hidden_size = 8, .num_layers = 2, .num_classes = 3};
  const Parameters parameters = random_parameters(shape, 4);
  const RandomBatch batch = random_batch(shape, std::vector<std::size_t>{kLines}, 3);
  const CardInPlace card;
  const auto network = load_network(card.open(), parameters);
  const std::vector<WindowRows> first = {{0, 9}, {5, 3}}, second = {{9, 9}, {1, 1}};
  Probabilities results[2];
  const auto queue = network->make_queue(4, kWindowSize);
  std::vector<WindowTask> tasks[2];
  for (std::size_t slot = 0; slot < 2; ++slot) {
    const auto& windows = slot == 0 ? first : second;
    results[slot].resize(2);
    for (std::size_t w = 0; w < 2; ++w) {
      results[slot][w].resize(3 * windows[w].length);
      tasks[slot].push_back({windows[w], results[slot][w].data()});
    }
    queue->start(slot, batch.lines, tasks[slot]);
  }
  queue->finish(1);
  queue->finish(0);
  EXPECT_EQ(results[0], predict(*network, batch.lines, 3, first));
  EXPECT_EQ(results[1], predict(*network, batch.lines, 3, second));
}

// A line's embedding, normalized, then the first layer: by hand, in double, from the same weights.
TEST(Embedding, IsASumOfRowsThenNormalizedThenTheFirstLayersInput) {
  // 21 values, padded to 32 with zeros.
  constexpr std::size_t kInput = 10, kEmbedded = 21, kPadded = 32, kUnits = 16;
  const NetworkShape shape{
      .input_size = kEmbedded, .hidden_size = kUnits, .num_layers = 1, .num_classes = 3};
  // A network that takes embeddings as (dense) rows, and the same with the embedding before it.
  const Parameters parameters = random_parameters(shape, 4);
  const NetworkDescription plain(parameters);
  std::vector<float> table(kInput * kPadded, 0.0f), input_weights(kPadded * 8 * kUnits, 0.0f);
  const CounterRandom random(7, 1);
  for (std::size_t i = 0; i < kInput * kEmbedded; ++i) {
    table[i / kEmbedded * kPadded + i % kEmbedded] = static_cast<float>(random.normal(i));
  }
  std::copy_n(plain.network().sparse_weights, kEmbedded * 8 * kUnits, input_weights.begin());
  SkolDeviceLayer layer = plain.network().layers[0];
  layer.input_weights = input_weights.data();
  SkolDeviceNetwork network = plain.network();
  network.input_size = kInput;
  network.embedding_size = kPadded;
  network.normalized_size = kEmbedded;
  network.normalization_epsilon = 1e-3f;
  network.sparse_weights = table.data();
  network.layers = &layer;

  NetworkShape lines_shape = shape;
  lines_shape.input_size = kInput;
  const RandomBatch batch = random_batch(lines_shape, std::vector<std::size_t>{9}, 3);
  SparseRows embedded;
  for (std::size_t line = 0; line < batch.lines.size(); ++line) {
    std::vector<double> row(kEmbedded, 0.0);
    for (std::size_t j = 0; j < batch.lines.row_columns(line).size(); ++j) {
      for (std::size_t e = 0; e < kEmbedded; ++e) {
        row[e] += static_cast<double>(batch.lines.row_values(line)[j]) *
                  table[batch.lines.row_columns(line)[j] * kPadded + e];
      }
    }
    const double mean = std::accumulate(row.begin(), row.end(), 0.0) / kEmbedded;
    double variance = 0;
    for (const double value : row) variance += (value - mean) * (value - mean) / kEmbedded;
    std::vector<std::uint32_t> columns(kEmbedded);
    std::iota(columns.begin(), columns.end(), 0u);
    std::vector<float> values;
    for (std::size_t e = 0; e < kEmbedded; ++e) {
      values.push_back(static_cast<float>((row[e] - mean) / std::sqrt(variance + 1e-3)));
    }
    embedded.append(columns, values);
  }
  const std::vector<WindowRows> windows = {{0, 9}, {3, 5}};
  const ReferenceMatrix expected =
      ReferenceNetwork(parameters).probabilities({embedded, batch.labels, windows});
  const CardInPlace card;
  const auto on_device = load_network(card.open(), network);
  const Probabilities result = predict(*on_device, batch.lines, 3, windows);
  for (std::size_t i = 0; i < 42; ++i) {
    EXPECT_NEAR(i < 27 ? result[0][i] : result[1][i - 27], expected.values[i], 1e-5);
  }
}

}  // namespace
}  // namespace skol::cuda
