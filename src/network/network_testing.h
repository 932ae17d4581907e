// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of this room share: random batches and bitwise comparison.

#include <gtest/gtest.h>

#include <cstring>
#include <span>
#include <vector>

#include "base/random.h"
#include "network/gradient.h"
#include "network/parameters.h"

namespace skol::testing {

// Lines, labels and windows that follow one another.
struct RandomBatch {
  SparseRows lines;
  std::vector<std::int32_t> labels;
  std::vector<WindowRows> windows;

  TrainingBatch view() const { return {lines, labels, windows}; }
};

// Each line has about a third of the features; about a fifth of the lines are unlabelled, but never
// the first.
inline RandomBatch random_batch(const NetworkShape& shape, std::span<const std::size_t> lengths,
                                std::uint64_t seed) {
  const CounterRandom present(seed, 1), values(seed, 2), labels(seed, 3);
  RandomBatch batch;
  for (const std::size_t length : lengths) {
    batch.windows.push_back({batch.lines.size(), length});
    for (std::size_t t = 0; t < length; ++t) {
      const std::uint64_t line = batch.lines.size();
      std::vector<std::uint32_t> row_columns;
      std::vector<float> row_values;
      for (std::uint32_t column = 0; column < shape.input_size; ++column) {
        const std::uint64_t index = line * shape.input_size + column;
        if (present.uniform(index) >= 0.3) continue;
        row_columns.push_back(column);
        row_values.push_back(static_cast<float>(values.normal(index)));
      }
      batch.lines.append(row_columns, row_values);
      const bool unlabelled = line > 0 && labels.uniform(2 * line) < 0.2;
      batch.labels.push_back(
          unlabelled ? kNoLabelRow
                     : static_cast<std::int32_t>(labels.below(2 * line + 1, shape.num_classes)));
    }
  }
  return batch;
}

// Initial parameters with biases that are not zero.
inline Parameters random_parameters(const NetworkShape& shape, std::uint64_t seed) {
  Parameters parameters = initial_parameters(shape, seed);
  std::uint64_t stream = 1000;
  for (const PlainTensor& tensor : parameters.plain_tensors()) {
    const CounterRandom random(seed, ++stream);
    if (!tensor.name.ends_with("bias")) continue;
    std::vector<float> bias = parameters.to_plain(tensor);
    for (std::size_t i = 0; i < bias.size(); ++i) {
      bias[i] += static_cast<float>(0.5 * random.normal(i));
    }
    parameters.from_plain(tensor, bias);
  }
  return parameters;
}

inline ::testing::AssertionResult same_bits(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) {
    return ::testing::AssertionFailure() << a.size() << " and " << b.size() << " values";
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(&a[i], &b[i], sizeof(float)) != 0) {
      return ::testing::AssertionFailure() << "value " << i << ": " << a[i] << " and " << b[i];
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace skol::testing
