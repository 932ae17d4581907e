// SPDX-License-Identifier: Apache-2.0
// Every backend of this machine against the reference: bit for bit.
#include "kernels/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <utility>

#include "kernels/reference_kernels.h"
#include "skol/error.h"

namespace skol {
namespace {

using Numbers = AlignedVector<float>;

Numbers random_numbers(std::size_t n, unsigned seed, float scale = 1.0f) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(-scale, scale);
  Numbers numbers(n);
  for (float& number : numbers) number = uniform(generator);
  return numbers;
}

template <class T>
std::vector<T*> row_pointers(T* first, std::size_t rows, std::size_t stride) {
  std::vector<T*> pointers;
  for (std::size_t r = 0; r < rows; ++r) pointers.push_back(first + r * stride);
  return pointers;
}

::testing::AssertionResult same_bits(const Numbers& a, const Numbers& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(&a[i], &b[i], sizeof(float)) != 0) {
      return ::testing::AssertionFailure() << "value " << i << ": " << a[i] << " and " << b[i];
    }
  }
  return ::testing::AssertionSuccess();
}

class EachKernels : public ::testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels() const { return *GetParam(); }
  const Kernels& reference() const { return reference_kernels(); }
};

Numbers gemm_result(const Kernels& kernels, std::size_t rows, std::size_t depth,
                    std::size_t columns, bool transposed_a, bool add) {
  const Numbers a = random_numbers(rows * depth + 1, 1), w = random_numbers(depth * columns, 2);
  Numbers c = random_numbers(rows * columns + 1, 3);
  PackedMatrix packed;
  pack(w.data(), columns, depth, columns, kernels.lanes(), packed);
  // One float off the alignment: nothing may rely on it.
  const auto a_rows = row_pointers<const float>(a.data() + 1, rows, transposed_a ? 1 : depth);
  const auto c_rows = row_pointers<float>(c.data() + 1, rows, columns);
  const Numbers start = random_numbers(columns, 4);
  if (add) {
    kernels.gemm_add(a_rows, transposed_a ? rows : 1, packed, c_rows);
  } else {
    kernels.gemm(a_rows, transposed_a ? rows : 1, packed, start.data(), c_rows);
  }
  return c;
}

TEST_P(EachKernels, GemmIsTheReferenceOnAllShapes) {
  for (std::size_t rows : {0, 1, 2, 3, 4, 5, 6, 7, 11, 13, 513}) {
    for (std::size_t depth : {0, 1, 2, 127, 128, 129, 300}) {
      for (std::size_t columns : {16, 32, 48, 64, 112, 128}) {
        if (rows == 513 && depth > 2) continue;
        for (int variant = 0; variant < 4; ++variant) {
          const bool transposed = variant % 2 == 1, add = variant / 2 == 1;
          EXPECT_TRUE(same_bits(gemm_result(reference(), rows, depth, columns, transposed, add),
                                gemm_result(kernels(), rows, depth, columns, transposed, add)))
              << rows << " rows, depth " << depth << ", " << columns << " columns";
        }
      }
    }
  }
}

TEST(PackTransposed, IsPackOfTheTranspose) {
  const std::size_t depth = 5, columns = 48;
  const Numbers w = random_numbers(depth * columns, 1);
  Numbers transpose(w.size());
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t n = 0; n < columns; ++n) transpose[n * depth + k] = w[k * columns + n];
  }
  for (std::size_t lanes : {1, 8, 16}) {
    PackedMatrix plain, transposed;
    pack(w.data(), columns, depth, columns, lanes, plain);
    pack_transposed(transpose.data(), depth, depth, columns, lanes, transposed);
    EXPECT_TRUE(same_bits(plain.data, transposed.data));
  }
}

Numbers sparse_result(const Kernels& kernels, std::size_t entries, std::size_t width) {
  const Numbers w = random_numbers(50 * width, 1), values = random_numbers(entries, 2);
  Numbers out = random_numbers(width, 3);
  std::vector<std::uint32_t> columns;
  for (std::size_t j = 0; j < entries; ++j) columns.push_back(static_cast<std::uint32_t>(j * 2));
  const Numbers start = random_numbers(width, 4);
  kernels.sparse_row(columns, values, w.data(), width, width, start.data(), out.data());
  return out;
}

TEST_P(EachKernels, SparseRowIsTheReferenceOnAllShapes) {
  for (std::size_t entries : {0, 1, 2, 25}) {
    for (std::size_t width : {16, 32, 64, 80, 128, 1024}) {
      EXPECT_TRUE(same_bits(sparse_result(reference(), entries, width),
                            sparse_result(kernels(), entries, width)));
    }
  }
}

struct StepResult {
  Numbers h, c, activations, gates_gradient, dc;
};

StepResult lstm_result(const Kernels& kernels, std::size_t rows, std::size_t units, float scale) {
  const Numbers gates = random_numbers(rows * 4 * units, 1, scale),
                w = random_numbers(4 * units * units, 2);
  const Numbers h_previous = random_numbers(rows * units, 3),
                c_previous = random_numbers(rows * units, 4, 3);
  const Numbers dh = random_numbers(rows * units, 5);
  StepResult out{Numbers(rows * units),
                 Numbers(rows * units),
                 Numbers(rows * 4 * units),
                 {},
                 random_numbers(rows * units, 6)};
  std::vector<LstmRow> forward;
  std::vector<LstmRowGradient> back;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t u = r * units;
    forward.push_back({&gates[4 * u], nullptr, &h_previous[u], &c_previous[u], &out.c[u], &out.h[u],
                       &out.activations[4 * u], nullptr});
  }
  PackedMatrix packed;
  pack_gates(w.data(), 4 * units, units, units, kernels.lanes(), packed);
  kernels.lstm_step(forward, nullptr, packed);
  out.gates_gradient = out.activations;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t u = r * units;
    back.push_back({&dh[u], &out.dc[u], &c_previous[u], &out.c[u], &out.gates_gradient[4 * u]});
  }
  kernels.lstm_step_gradient(back, units);
  return out;
}

TEST_P(EachKernels, LstmStepAndItsGradientAreTheReferenceOnAllShapes) {
  for (std::size_t rows : {1, 2, 3, 5, 6, 7, 14}) {
    for (std::size_t units : {16, 32, 48, 128}) {
      for (float scale : {1.0f, 200.0f}) {  // 200: all gates saturated
        const StepResult expected = lstm_result(reference(), rows, units, scale);
        const StepResult result = lstm_result(kernels(), rows, units, scale);
        EXPECT_TRUE(same_bits(expected.h, result.h));
        EXPECT_TRUE(same_bits(expected.c, result.c));
        EXPECT_TRUE(same_bits(expected.activations, result.activations));
        EXPECT_TRUE(same_bits(expected.gates_gradient, result.gates_gradient));
        EXPECT_TRUE(same_bits(expected.dc, result.dc));
      }
    }
  }
}

// The input multiplied within the step, and before it.
TEST_P(EachKernels, LstmStepTakesItsInputInOneAccumulation) {
  const std::size_t units = 48, depth = 96;
  for (std::size_t rows : {1, 5, 6, 13}) {
    const Numbers x = random_numbers(rows * depth, 1), w = random_numbers(depth * 4 * units, 2),
                  u = random_numbers(units * 4 * units, 3), h = random_numbers(rows * units, 4),
                  bias = random_numbers(4 * units, 5);
    PackedMatrix input, recurrent;
    pack_gates(w.data(), 4 * units, depth, units, kernels().lanes(), input);
    pack_gates(u.data(), 4 * units, units, units, kernels().lanes(), recurrent);
    Numbers gates(rows * 4 * units), h_new[2], c[2];
    kernels().gemm(row_pointers<const float>(x.data(), rows, depth), 1, input, bias.data(),
                   row_pointers<float>(gates.data(), rows, 4 * units));
    for (int within = 0; within < 2; ++within) {
      h_new[within].resize(rows * units), c[within].assign(rows * units, 0.5f);
      std::vector<LstmRow> step;
      for (std::size_t r = 0; r < rows; ++r) {
        float* cell = &c[within][r * units];
        step.push_back({within == 1 ? bias.data() : &gates[r * 4 * units], &x[r * depth],
                        &h[r * units], cell, cell, &h_new[within][r * units], nullptr, nullptr});
      }
      kernels().lstm_step(step, within == 1 ? &input : nullptr, recurrent);
    }
    EXPECT_TRUE(same_bits(h_new[0], h_new[1]));
    EXPECT_TRUE(same_bits(c[0], c[1]));
  }
}

TEST_P(EachKernels, SoftmaxIsTheReferenceSumsToOneAndLeavesThePaddingAlone) {
  for (std::size_t rows : {1, 7, 8, 9, 16, 40}) {
    for (std::size_t classes : {1, 2, 3, 13, 16}) {
      Numbers expected = random_numbers(rows * 16, 1, 60), result = expected, before = expected;
      reference().softmax(expected.data(), rows, classes, 16);
      kernels().softmax(result.data(), rows, classes, 16);
      EXPECT_TRUE(same_bits(expected, result));
      for (std::size_t r = 0; r < rows; ++r) {
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) sum += result[r * 16 + c];
        EXPECT_NEAR(sum, 1.0, 1e-6);
        for (std::size_t c = classes; c < 16; ++c)
          EXPECT_EQ(result[r * 16 + c], before[r * 16 + c]);
      }
    }
  }
}

TEST_P(EachKernels, AdamIsTheReferenceOnAllLengths) {
  const AdamStep step{0.5f, 0.9f, 0.999f, 1e-3f, 1.0f, 1e-7f};
  for (std::size_t n : {1, 7, 8, 17, 64, 1001}) {
    const Numbers gradient = random_numbers(n, 1);
    Numbers w[2], m[2], v[2];
    for (int k = 0; k < 2; ++k) {
      w[k] = random_numbers(n, 2), m[k] = random_numbers(n, 3), v[k] = random_numbers(n, 4);
      for (float& value : v[k]) value = std::fabs(value);
      (k == 0 ? reference() : kernels()).adam(step, gradient, w[k], m[k], v[k]);
    }
    EXPECT_TRUE(same_bits(w[0], w[1]));
    EXPECT_TRUE(same_bits(m[0], m[1]));
    EXPECT_TRUE(same_bits(v[0], v[1]));
  }
}

INSTANTIATE_TEST_SUITE_P(Available, EachKernels, ::testing::ValuesIn(available_kernels()),
                         [](const auto& instance) { return std::string(instance.param->name()); });

TEST(FindKernels, NamesWhatIsThereWhenAskedForAnother) {
  EXPECT_EQ(&find_kernels("auto"), available_kernels().front());
  EXPECT_EQ(&find_kernels("scalar"), &reference_kernels());
  try {
    find_kernels("mmx");
    FAIL() << "found mmx";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDevice);
    EXPECT_NE(std::string(error.what()).find("'mmx'"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("scalar"), std::string::npos);
  }
}

}  // namespace
}  // namespace skol
