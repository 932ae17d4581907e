// SPDX-License-Identifier: Apache-2.0
#include "kernels/self_check.h"

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "base/random.h"
#include "kernels/reference_kernels.h"

namespace skol {
namespace {

// Odd, so that tiles and vectors have remainders; columns are whole blocks by definition.
constexpr std::size_t kRows = 13, kDepth = 37, kColumns = 5 * kColumnBlock;

std::vector<float> results_of(const Kernels& kernels) {
  std::vector<float> a(kRows * kDepth), b(kDepth * kColumns), start(kColumns);
  const CounterRandom random(1, 0);
  std::uint64_t next = 0;
  for (std::vector<float>* values : {&a, &b, &start}) {
    for (float& value : *values) {
      // -4 to 4: where sigmoid and tanh bend.
      value = 8.0f * static_cast<float>(random.uniform(next++)) - 4.0f;
    }
  }
  PackedMatrix packed;
  pack(b.data(), kColumns, kDepth, kColumns, kernels.lanes(), packed);
  std::vector<float> results(3 * kRows * kColumns);
  std::array<const float*, kRows> a_rows;
  std::array<float*, kRows> c_rows;
  for (std::size_t r = 0; r < kRows; ++r) {
    a_rows[r] = &a[r * kDepth];
    c_rows[r] = &results[r * kColumns];
  }
  kernels.gemm(a_rows, 1, packed, start.data(), c_rows);
  const std::span<const float> products(results.data(), kRows * kColumns);
  kernels.sigmoid(products, &results[products.size()]);
  kernels.tanh(products, &results[2 * products.size()]);
  return results;
}

}  // namespace

bool gives_reference_bits(const Kernels& kernels) {
  const std::vector<float> expected = results_of(reference_kernels()), got = results_of(kernels);
  return std::memcmp(expected.data(), got.data(), expected.size() * sizeof(float)) == 0;
}

}  // namespace skol
