// SPDX-License-Identifier: Apache-2.0
#include "cuda/recurrence_plan.h"

#include <gtest/gtest.h>

namespace skol::cuda {
namespace {

// The figures of the CUDA Programming Guide, "Technical Specifications per Compute Capability".
constexpr DeviceLimits kH100{.shared_bytes = 227 << 10, .multiprocessors = 132, .clusters = true};
constexpr DeviceLimits kA100{.shared_bytes = 163 << 10, .multiprocessors = 108, .clusters = false};

TEST(RecurrencePlan, KeepsAllWeightsOnChipUpTo256UnitsWhereThereAreClusters) {
  for (std::uint32_t units = 16; units <= 256; units += 16) {
    const RecurrencePlan plan = plan_recurrence(units, kH100);
    EXPECT_FALSE(plan.stepwise) << units;
    // Too many for two blocks, and a quarter of them are no whole warps: the rest is read from the
    // second-level cache.
    if (units == 208 || units == 240) continue;
    EXPECT_EQ(plan.places.in_global, 0u) << units;
    EXPECT_EQ(plan.places.in_shared + (plan.registers ? 16u : 0u), units / 4) << units;
    EXPECT_EQ(units % (8 * plan.cluster), 0u) << units;
  }
  EXPECT_EQ(plan_recurrence(128, kH100).cluster, 1u);
  EXPECT_EQ(plan_recurrence(256, kH100).cluster, 4u);
}

TEST(RecurrencePlan, KeepsThemOnChipUpTo128UnitsWithoutClusters) {
  for (std::uint32_t units = 16; units <= 128; units += 16) {
    EXPECT_EQ(plan_recurrence(units, kA100).places.in_global, 0u) << units;
  }
  const RecurrencePlan large = plan_recurrence(256, kA100);
  EXPECT_FALSE(large.stepwise);
  EXPECT_GT(large.places.in_global, 0u);
}

TEST(RecurrencePlan, GoesStepByStepWhereABlockHasTooFewThreads) {
  EXPECT_TRUE(plan_recurrence(272, kA100).stepwise);
  EXPECT_TRUE(plan_recurrence(1024, kH100).stepwise);
}

TEST(RecurrencePlan, FitsIntoTheSharedMemoryForEveryNumberOfWindows) {
  for (const DeviceLimits& limits : {kH100, kA100}) {
    for (std::uint32_t units = 16; units <= 512; units += 16) {
      const RecurrencePlan plan = plan_recurrence(units, limits);
      if (plan.stepwise) continue;
      for (const std::uint32_t windows : {1u, 2u, 60u, 300u, 1024u, 5000u}) {
        const std::uint32_t slice = plan.slice(units, windows, limits.multiprocessors);
        EXPECT_GE(slice, 1u);
        EXPECT_EQ(slice % 4, 0u);
        EXPECT_LE(plan.bytes(units, slice), limits.shared_bytes) << units << ", " << windows;
        EXPECT_LE(4 * units / plan.cluster, plan.registers ? 512u : 1024u);
      }
    }
  }
}

TEST(RecurrencePlan, OfBf16KeepsAllWeightsOnHalfAsManyMultiprocessors) {
  for (std::uint32_t units = 16; units <= 256; units += 16) {
    const RecurrencePlan plan = plan_bf16_recurrence(units, kH100);
    EXPECT_FALSE(plan.stepwise) << units;
    EXPECT_EQ(plan.places.in_shared, units > 128 ? units / 16 - 8 : 0) << units;
    for (const std::uint32_t windows : {1u, 60u, 1024u, 5000u}) {
      const std::uint32_t slice = plan.slice(units, windows, 132);
      EXPECT_EQ(slice % 8, 0u);
      EXPECT_LE(plan.bytes(units, slice), kH100.shared_bytes) << units << ", " << windows;
    }
  }
  EXPECT_EQ(plan_bf16_recurrence(128, kA100).cluster, 1u);
  EXPECT_FALSE(plan_bf16_recurrence(128, kA100).stepwise);
  EXPECT_EQ(plan_bf16_recurrence(256, kH100).cluster, 2u);
  EXPECT_TRUE(plan_bf16_recurrence(256, kA100).stepwise);
}

// 1024 windows in both directions on 132 multiprocessors, a wave: 16 windows each.
TEST(RecurrencePlan, SharesTheWindowsOutAmongTheMultiprocessors) {
  const RecurrencePlan plan = plan_recurrence(128, kH100);
  EXPECT_EQ(plan.slice(128, 1, 132), 4u);
  EXPECT_EQ(plan.slice(128, 264, 132), 4u);
  EXPECT_EQ(plan.slice(128, 1024, 132), 16u);
}

}  // namespace
}  // namespace skol::cuda
