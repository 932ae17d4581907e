// SPDX-License-Identifier: Apache-2.0
#include "prediction/memory_plan.h"

#include <gtest/gtest.h>

#include "base/process_memory.h"
#include "network/line_chain.h"
#include "network/network.h"
#include "prediction/batch_choice.h"
#include "prediction/random_model_testing.h"
#include "skol/error.h"

namespace skol {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::size_t kMost = 4096;

PredictionOptions options_of(std::size_t threads, const char* target = "scalar") {
  PredictionOptions options;
  options.threads = threads;
  options.target = target;
  return options;
}

MemoryBudget budget_of(std::uint64_t bytes, std::size_t executors = 1) {
  return {bytes, 0, "memory_budget", bytes * executors, executors};
}

TEST(MemoryPlan, BeginsWithWhatTheProcessHolds) {
  const std::uint64_t before = resident_bytes();
  const MemoryPlan plan = memory_plan(random_model(), options_of(1));
  EXPECT_GE(plan.base_bytes(), before);
  EXPECT_LT(plan.base_bytes(), resident_bytes() + 4 * kMiB);
}

TEST(MemoryPlan, NeverFallsWhereTheBatchGrows) {
  for (const std::size_t threads : {1, 2, 7}) {
    for (const std::size_t tile_rows : {1, 3, 6}) {
      MemoryPlan plan = memory_plan(random_model(), options_of(threads));
      plan.tile_rows = tile_rows;
      for (std::size_t batch = 1; batch < 600; ++batch) {
        EXPECT_LT(plan.bytes(batch), plan.bytes(batch + 1)) << threads << " " << batch;
      }
    }
  }
}

TEST(MemoryPlan, CountsTheScratchOfEveryThreadAndNoMore) {
  const MemoryPlan plan = memory_plan(random_model(), options_of(4));
  const std::uint64_t full = 4 * kMicroBatchWindows;
  const std::uint64_t slope = plan.batch_bytes(2 * full) - plan.batch_bytes(2 * full - 1);
  EXPECT_EQ(plan.batch_bytes(10 * full) - plan.batch_bytes(full), 9 * full * slope);
  EXPECT_GT(plan.batch_bytes(full),
            4 * Workspace::bytes(plan.shape, kMicroBatchWindows, plan.window_size));
}

TEST(MemoryPlan, FindsTheLargestBatchThatFits) {
  const MemoryPlan plan = memory_plan(random_model(), options_of(2));
  for (const std::size_t batch : {1, 2, 17, 48, 49, 300}) {
    EXPECT_EQ(plan.largest_batch(plan.bytes(batch), kMost), batch);
    EXPECT_EQ(plan.largest_batch(plan.bytes(batch) - 1, kMost), batch - 1);
  }
  EXPECT_EQ(plan.largest_batch(MemoryBudget::kNone, kMost), kMost);
}

TEST(MemoryPlan, CountsDocumentsReadAheadButNotThoseThatWaitForABatch) {
  MemoryPlan plan = memory_plan(random_model(), options_of(1));
  const std::uint64_t without = plan.bytes(64);
  EXPECT_EQ(plan.ahead_bytes(64), 0);
  plan.other_text = 0;
  const std::uint64_t threads = plan.ahead_bytes(64);
  EXPECT_GT(threads, 0);
  EXPECT_EQ(plan.bytes(64), without + threads);
  plan.other_text = 3 * kMiB;
  const std::uint64_t full = plan.ahead_bytes(1);
  EXPECT_GT(full, threads + kMostTextAhead) << "lines have more than their text";
  plan.other_text = 30 * kMiB;
  EXPECT_EQ(plan.ahead_bytes(1), full) << "the queue is full";
  plan.other_text = kMiB;
  EXPECT_LT(plan.ahead_bytes(1), full);
  EXPECT_GT(plan.ahead_bytes(1), plan.ahead_bytes(64));
  EXPECT_EQ(plan.ahead_bytes(4096), threads) << "all of it waits for the batch";
}

TEST(MemoryPlan, OfTheFirstBytesOfAModelKnowsWhatLoadingTakes) {
  const Model model = random_model();
  const std::string bytes = model.to_bytes();
  const MemoryPlan before = memory_plan(describe_model(bytes), bytes.size(), options_of(1));
  const MemoryPlan after = memory_plan(model, options_of(1));
  EXPECT_EQ(before.shape, after.shape);
  EXPECT_EQ(before.batch_bytes(9), after.batch_bytes(9));
  EXPECT_EQ(before.model.packed, after.model.packed);
  EXPECT_GE(before.model.loaded, model.data().parameters.values().size_bytes());
  MemoryPlan slow = before;
  slow.model.loading = 100 * kMiB;
  EXPECT_GE(slow.bytes(1), slow.held_bytes + slow.model.loaded + 100 * kMiB);
  EXPECT_EQ(slow.bytes(1), slow.bytes(2)) << "loading takes more than any such batch";
}

TEST(MemoryPlan, CountsDocumentsByTextAndLines) {
  MemoryPlan plan = memory_plan(random_model(), options_of(1));
  const std::uint64_t none = plan.document_memory({}, {});
  EXPECT_GE(plan.document_memory({1000, 0}, {1000, 0}) - none, 3000u);
  EXPECT_GE(plan.document_memory({0, 1000}, {0, 1000}) - none, 1000 * (2 * sizeof(Line) + 24));
  EXPECT_LT(waiting_memory({1000, 20}, 3, 25), plan.document_memory({1000, 20}, {}));
}

TEST(MemoryPlan, CountsTheDocumentThatIsReadWhileAnotherIsLabelled) {
  const MemoryPlan plan = memory_plan(random_model(), options_of(1));
  const DocumentSize large{100000, 4000}, small{1000, 40};
  const std::uint64_t alone = plan.document_memory(large, {});
  EXPECT_LT(alone, plan.document_memory(large, small));
  EXPECT_LT(plan.document_memory(large, small), plan.document_memory(large, large));
  EXPECT_EQ(plan.document_memory(large, small), plan.document_memory(small, large));
}

TEST(MemoryPlan, CountsTheScratchOfAChain) {
  MemoryPlan plan = memory_plan(random_model(), options_of(1));
  const std::uint64_t by_itself = plan.document_memory({0, 1000}, {});
  plan.chain = true;
  EXPECT_GE(plan.document_memory({0, 1000}, {}) - by_itself, LineChain::scratch_bytes(1000, 3));
}

TEST(BatchChoice, KeepsASizeThatFits) {
  const MemoryPlan plan = memory_plan(random_model(), options_of(1));
  const BatchChoice choice = fitting_choice(plan, budget_of(plan.bytes(64)), 64, "as given");
  EXPECT_EQ(choice.prediction_batch_size, 64u);
  EXPECT_FALSE(choice.reduced);
  EXPECT_EQ(choice.reason, "prediction_batch_size 64: as given");
  EXPECT_EQ(choice.planned_bytes, plan.whole_peak(64));
}

TEST(BatchChoice, ReducesASizeThatDoesNotFitToTheLargestThatDoes) {
  const MemoryPlan plan = memory_plan(random_model(), options_of(1));
  const BatchChoice choice = fitting_choice(plan, budget_of(plan.bytes(37)), 64, "as given");
  EXPECT_EQ(choice.prediction_batch_size, 37u);
  EXPECT_TRUE(choice.reduced);
  EXPECT_NE(choice.reason.find("64 -> 37"), std::string::npos) << choice.reason;
  EXPECT_NE(choice.reason.find("memory_budget"), std::string::npos) << choice.reason;
}

TEST(BatchChoice, NamesTheLeastBudgetWhereNotOneWindowFits) {
  const MemoryPlan plan = memory_plan(random_model(), options_of(1));
  const MemoryBudget budget = budget_of(plan.bytes(1) - 1, 4);
  try {
    fitting_choice(plan, budget, 64, "as given");
    FAIL() << "one window did not fit";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMemory);
    const std::string what = error.what();
    EXPECT_NE(what.find(std::to_string(plan.bytes(1)) + " bytes"), std::string::npos) << what;
    EXPECT_NE(what.find(std::to_string(budget.bytes) + " bytes"), std::string::npos) << what;
    // The last number is the least budget, and it is enough.
    const std::size_t at = what.rfind('(') + 1;
    EXPECT_GE(std::stoull(what.substr(at)) / 4, plan.bytes(1)) << what;
  }
}

}  // namespace
}  // namespace skol
