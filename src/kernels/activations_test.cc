// SPDX-License-Identifier: Apache-2.0
// exp, sigmoid and tanh over all float32 arguments, against double precision: the bounds of
// docs/architecture.md.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/activation_constants.h"
#include "kernels/kernels.h"
#include "kernels/reference_kernels.h"

namespace skol {
namespace {

// Under sanitizers and in emulators every 1009th argument (a prime, so that all exponents and
// mantissas come by) takes as long as all of them elsewhere.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__x86_64__)
constexpr std::uint64_t kStep = 1009;
#else
constexpr std::uint64_t kStep = 1;
#endif

struct Worst {
  double exp = 0, sigmoid = 0, tanh = 0;
  bool same_bits = true;  // of all targets
  bool constant = true;   // where the argument is so small or so large that nothing changes
};

struct Values {
  explicit Values(std::size_t n) : exp(n), sigmoid(n), tanh(n) {}
  void compute(const Kernels& kernels, std::span<const float> x) {
    kernels.exp(x, exp.data());
    kernels.sigmoid(x, sigmoid.data());
    kernels.tanh(x, tanh.data());
  }
  bool same(const Values& other, std::size_t count) const {
    const auto equal = [count](const std::vector<float>& a, const std::vector<float>& b) {
      return std::memcmp(a.data(), b.data(), count * sizeof(float)) == 0;
    };
    return equal(exp, other.exp) && equal(sigmoid, other.sigmoid) && equal(tanh, other.tanh);
  }
  bool same(std::size_t i, std::size_t j) const {
    return exp[i] == exp[j] && sigmoid[i] == sigmoid[j] && tanh[i] == tanh[j];
  }
  std::vector<float> exp, sigmoid, tanh;
};

void compare_exact(float argument, std::size_t i, const Values& values, Worst& worst) {
  const double x = argument;
  const double limited = std::fmin(std::fmax(x, -kExpLimit), kExpLimit);
  const double e = std::exp(limited);
  // The part of the error of exp that grows with its argument, see kLog2E.
  const double growing = 1.4e-8 * std::fabs(limited);
  worst.exp = std::fmax(worst.exp, std::fabs(values.exp[i] / e - 1) - growing);
  worst.sigmoid = std::fmax(worst.sigmoid, std::fabs(values.sigmoid[i] - e / (e + 1)));
  worst.tanh = std::fmax(worst.tanh, std::fabs(values.tanh[i] - (1 - 2 / (e * e + 1))));
}

// Arguments at a time: their values stay in the second-level cache.
constexpr std::uint64_t kChunk = 1 << 14;

// Some arguments of one sign and exponent.
void check_chunk(std::span<const float> x, bool constant, Worst& worst) {
  thread_local Values best(kChunk), other(kChunk);
  const auto kernels = available_kernels();
  best.compute(*kernels.front(), x);
  for (const Kernels* target : kernels) {
    if (target == &reference_kernels() && kStep == 1) continue;  // too slow for all
    if (target == kernels.front()) continue;
    other.compute(*target, x);
    worst.same_bits = worst.same_bits && best.same(other, x.size());
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!constant || i == 0) compare_exact(x[i], i, best, worst);
    if (constant) worst.constant = worst.constant && best.same(i, 0);
  }
}

// All arguments of a sign and an exponent, one task of the pool.
Worst worst_of(std::uint32_t high_bits) {
  const std::uint32_t exponent = high_bits & 0xFF;
  const bool constant = exponent < 127 - 27 || exponent >= 127 + 7;
  Worst worst;
  std::vector<float> x;
  for (std::uint64_t low = 0; low < 1u << 23; low += kStep) {
    x.push_back(std::bit_cast<float>(high_bits << 23 | static_cast<std::uint32_t>(low)));
    if (x.size() < kChunk && low + kStep < 1u << 23) continue;
    check_chunk(x, constant, worst);
    x.clear();
  }
  return worst;
}

TEST(Activations, AreWithinTheirBoundsForEveryArgument) {
  constexpr std::uint32_t kExponents = 255;  // without infinities and what is no number
  std::vector<Worst> worst(2 * kExponents);
  ThreadPool pool(usable_cores());
  pool.parallel_for(worst.size(), [&](std::size_t task, std::size_t) {
    const auto exponent = static_cast<std::uint32_t>(task / 2);
    worst[task] = worst_of(static_cast<std::uint32_t>(task % 2) << 8 | exponent);
  });
  Worst all;
  for (const Worst& each : worst) {
    all.exp = std::fmax(all.exp, each.exp);
    all.sigmoid = std::fmax(all.sigmoid, each.sigmoid);
    all.tanh = std::fmax(all.tanh, each.tanh);
    EXPECT_TRUE(each.same_bits);
    EXPECT_TRUE(each.constant);
  }
  EXPECT_LT(all.exp, 1.7e-7);
  EXPECT_LT(all.sigmoid, 1.0e-7);
  EXPECT_LT(all.tanh, 1.4e-7);
  RecordProperty("exp", std::to_string(all.exp * 1e9));
  RecordProperty("sigmoid", std::to_string(all.sigmoid * 1e9));
  RecordProperty("tanh", std::to_string(all.tanh * 1e9));
}

TEST(Activations, HaveTheBitsOfTheReference) {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < 0x1'0000'0000u; bits += 1009) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isfinite(value)) x.push_back(value);
  }
  Values expected(x.size()), got(x.size());
  expected.compute(reference_kernels(), x);
  for (const Kernels* target : available_kernels()) {
    got.compute(*target, x);
    EXPECT_TRUE(expected.same(got, x.size())) << target->name();
  }
}

TEST(Activations, AreExactAtZeroAndTheirLimits) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {0.0f, -0.0f, infinity, -infinity};
  for (const Kernels* target : available_kernels()) {
    Values values(x.size());
    values.compute(*target, x);
    EXPECT_EQ(values.exp[0], 1.0f);
    EXPECT_EQ(values.exp[1], 1.0f);
    EXPECT_EQ(values.sigmoid[0], 0.5f);
    EXPECT_EQ(values.tanh[0], 0.0f);
    EXPECT_EQ(values.sigmoid[2], 1.0f);
    EXPECT_EQ(values.tanh[2], 1.0f);
    EXPECT_EQ(values.tanh[3], -1.0f);
    EXPECT_LT(values.sigmoid[3], 1.2e-12f);
  }
}

}  // namespace
}  // namespace skol
