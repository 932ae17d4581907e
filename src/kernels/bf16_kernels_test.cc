// SPDX-License-Identifier: Apache-2.0
// The instructions of bf16 against the plain loops: bit for bit.
#include "kernels/bf16_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace skol {
namespace {

std::vector<float> random_numbers(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> numbers(n);
  for (float& number : numbers) number = uniform(generator);
  return numbers;
}

std::vector<Bf16> random_bf16(std::size_t n, unsigned seed) {
  std::vector<Bf16> numbers(n);
  const std::vector<float> exact = random_numbers(n, seed);
  for (std::size_t i = 0; i < n; ++i) numbers[i] = to_bf16(exact[i]);
  return numbers;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

TEST(Bf16, IsTheNearestAndTheEvenOneOfTwo) {
  EXPECT_EQ(to_float(to_bf16(1.0f)), 1.0f);
  EXPECT_EQ(to_float(to_bf16(1.0f + 1.0f / 256)), 1.0f);  // between 1 and 1 + 1/128
  EXPECT_EQ(to_float(to_bf16(1.0f + 3.0f / 256)), 1.0f + 4.0f / 256);
  EXPECT_EQ(to_float(to_bf16(1.0f + 1.01f / 256)), 1.0f + 2.0f / 256);
  EXPECT_EQ(to_float(to_bf16(-0.0f)), 0.0f);
  for (const float x : random_numbers(1000, 1)) {
    EXPECT_LE(std::fabs(to_float(to_bf16(x)) - x), std::fabs(x) / 256);
  }
}

struct Step {
  std::vector<Bf16> h;
  std::vector<float> c;
};

Step step_of(const Bf16Kernels& kernels, std::size_t rows, std::size_t units, bool with_input) {
  const std::vector<float> w = random_numbers(2 * units * 4 * units, 1),
                           gates = random_numbers(rows * 4 * units, 2),
                           c = random_numbers(rows * units, 3);
  const std::vector<Bf16> x = random_bf16(rows * 2 * units, 4), h = random_bf16(rows * units, 5);
  PackedBf16 input, recurrent;
  pack_gates(w.data(), 4 * units, 2 * units, units, input);
  pack_gates(w.data(), 4 * units, units, units, recurrent);
  Step out{std::vector<Bf16>(rows * units), std::vector<float>(rows * units)};
  std::vector<Bf16LstmRow> step;
  for (std::size_t r = 0; r < rows; ++r) {
    step.push_back({&gates[r * 4 * units], &x[r * 2 * units], &h[r * units], &c[r * units],
                    &out.c[r * units], &out.h[r * units], nullptr, nullptr});
  }
  kernels.lstm_step(step, with_input ? &input : nullptr, recurrent);
  return out;
}

std::vector<float> sparse_row_of(const Bf16Kernels& kernels, std::size_t entries,
                                 std::size_t width) {
  const std::vector<float> w = random_numbers(40 * width, 1), start = random_numbers(width, 2),
                           values = random_numbers(entries, 3);
  std::vector<Bf16> packed(w.size());
  for (std::size_t row = 0; row < 40; ++row)
    pack_sparse(&w[row * width], width, &packed[row * width]);
  std::vector<std::uint32_t> columns;
  for (std::size_t j = 0; j < entries; ++j) columns.push_back(static_cast<std::uint32_t>(3 * j));
  std::vector<float> out(width);
  kernels.sparse_row(columns, values, packed.data(), width, width, start.data(), out.data());
  return out;
}

TEST(ReferenceBf16, StepIsThatOfFloat32WithinTheRoundingOfBf16) {
  const std::size_t rows = 3, units = 32;
  const Step bf16 = step_of(reference_bf16_kernels(), rows, units, false);
  const std::vector<float> w = random_numbers(2 * units * 4 * units, 1),
                           gates = random_numbers(rows * 4 * units, 2),
                           c = random_numbers(rows * units, 3), h = random_numbers(rows * units, 5);
  const Kernels& kernels = find_kernels("auto");
  PackedMatrix recurrent;
  pack_gates(w.data(), 4 * units, units, units, kernels.lanes(), recurrent);
  std::vector<float> new_h(rows * units), new_c(rows * units);
  std::vector<LstmRow> step;
  for (std::size_t r = 0; r < rows; ++r) {
    step.push_back({&gates[r * 4 * units], nullptr, &h[r * units], &c[r * units], &new_c[r * units],
                    &new_h[r * units], nullptr, nullptr});
  }
  kernels.lstm_step(step, nullptr, recurrent);
  // 32 products, each within 2^-8 of it: 0.02 for sums of this size, less through the sigmoid.
  for (std::size_t i = 0; i < new_h.size(); ++i) {
    EXPECT_NEAR(to_float(bf16.h[i]), new_h[i], 0.02);
    EXPECT_NEAR(bf16.c[i], new_c[i], 0.02);
  }
}

TEST(NativeBf16, StepAndSparseRowAreTheReferenceOnAllShapes) {
  const Bf16Kernels* native = native_bf16_kernels();
  if (native == nullptr) GTEST_SKIP() << "this processor has no AVX512_BF16";
  for (std::size_t rows : {1, 2, 3, 4, 5, 6, 7, 13, 25}) {
    for (std::size_t units : {16, 32, 48, 128}) {
      for (const bool with_input : {false, true}) {
        const Step expected = step_of(reference_bf16_kernels(), rows, units, with_input);
        const Step got = step_of(*native, rows, units, with_input);
        EXPECT_TRUE(same_bits(expected.h, got.h)) << rows << " rows, " << units << " units";
        EXPECT_TRUE(same_bits(expected.c, got.c)) << rows << " rows, " << units << " units";
      }
    }
  }
  for (std::size_t entries : {0, 1, 2, 13}) {
    for (std::size_t width : {32, 64, 128, 192, 256}) {
      EXPECT_TRUE(same_bits(sparse_row_of(reference_bf16_kernels(), entries, width),
                            sparse_row_of(*native, entries, width)));
    }
  }
}

TEST(FindBf16Kernels, FollowsTheTarget) {
  EXPECT_EQ(find_bf16_kernels(find_kernels("scalar")), &reference_bf16_kernels());
  for (const Kernels* target : available_kernels()) {
    if (target->name() == "avx2" || target->name() == "neon") {
      EXPECT_EQ(find_bf16_kernels(*target), nullptr);
    } else if (target->name() == "avx512") {
      EXPECT_EQ(find_bf16_kernels(*target), native_bf16_kernels());
    }
  }
}

}  // namespace
}  // namespace skol
