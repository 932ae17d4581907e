// SPDX-License-Identifier: Apache-2.0
// Prediction where memory runs out: large buffers are AlignedVectors, whose memory comes from the
// operators below, and these refuse what exceeds a limit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "network/network.h"
#include "prediction/random_model_testing.h"
#include "skol/error.h"
#include "skol/predictor.h"

namespace {

constexpr std::size_t kNoLimit = SIZE_MAX;
std::atomic<std::size_t> live_bytes = 0, limit_bytes = kNoLimit;
std::atomic<int> refuse_every = 0, allocations = 0;  // 0: none
// The number of the one allocation of a KiB or more, aligned or not, that is refused; 0: none.
constexpr std::size_t kLarge = 1 << 10;
std::atomic<int> refuse_large = 0, large_allocations = 0;

bool refuses_large(std::size_t size) {
  return refuse_large > 0 && size >= kLarge && ++large_allocations == refuse_large;
}

}  // namespace

// Not inlined: the compiler would take new and free in one function for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (refuses_large(size)) throw std::bad_alloc();
  if (void* const p = std::malloc(size > 0 ? size : 1)) return p;
  throw std::bad_alloc();
}
// What std::stable_sort asks; a sanitizer's own would not go with the delete below.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return refuses_large(size) ? nullptr : std::malloc(size > 0 ? size : 1);
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  const std::size_t bytes = (size + align - 1) / align * align;
  const bool unlucky = refuse_every > 0 && ++allocations % refuse_every == 0;
  if (unlucky || refuses_large(size) || live_bytes + bytes > limit_bytes) throw std::bad_alloc();
  void* const p = std::aligned_alloc(align, bytes);
  if (p == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(p);
  return p;
}
void operator delete(void* p, std::align_val_t) noexcept {
  if (p != nullptr) live_bytes -= malloc_usable_size(p);
  std::free(p);
}
void operator delete(void* p, std::size_t, std::align_val_t alignment) noexcept {
  operator delete(p, alignment);
}

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// While it lives, no more than `bytes` beyond what is in use when it is made.
class Limit {
 public:
  explicit Limit(std::size_t bytes) { limit_bytes = live_bytes + bytes; }
  ~Limit() { limit_bytes = kNoLimit; }
};

std::size_t workspace(std::size_t windows) {
  return Workspace::bytes(NetworkShape{9, 5, 2, 3}, windows, 50);
}

PredictionOptions options_of(std::size_t batch_size) {
  PredictionOptions options;
  options.prediction_batch_size = batch_size;
  options.threads = 1;
  options.target = "scalar";  // whose tiles are single rows: a workspace is of just the batch
  return options;
}

std::vector<float> probabilities_of(Predictor& predictor, PredictionStats& stats,
                                    const Predictor::Look& look = {}) {
  std::vector<float> all;
  PredictionRun run(
      predictor,
      [&](LabelledDocument&& document) {
        all.insert(all.end(), document.probabilities.begin(), document.probabilities.end());
      },
      look);
  for (unsigned i = 0; i < 6; ++i) {
    run.add(random_document("d" + std::to_string(i), 100 + 150 * i, i));
  }
  run.finish();
  stats = run.stats();
  return all;
}

TEST(MemoryShortage, MakesTheBatchSmallerAndChangesNoBit) {
  const Model model = random_model();
  Predictor predictor(model, options_of(20));
  PredictionStats stats;
  const auto expected = probabilities_of(predictor, stats);
  EXPECT_EQ(stats.reductions, 0u);
  {
    const Limit limit(workspace(6));
    EXPECT_EQ(probabilities_of(predictor, stats), expected);
  }
  // 20 and 10 do not fit, 5 does; after a pause 10 is tried again, and after a longer one again.
  EXPECT_GE(stats.reductions, 3u);
  EXPECT_EQ(stats.batch_sizes[0], 20u);
  EXPECT_EQ(stats.batch_sizes[1], 10u);
  EXPECT_EQ(stats.batch_sizes[2], 5u);
  EXPECT_EQ(stats.batch_sizes[3], 10u);
  EXPECT_EQ(stats.batch_sizes[4], 5u);
}

TEST(MemoryShortage, ThatPassesLetsTheBatchGrowAgain) {
  Predictor predictor(random_model(), options_of(12));
  PredictionStats stats;
  const auto expected = probabilities_of(predictor, stats);
  std::size_t looks = 0;
  std::optional<Limit> limit;
  limit.emplace(workspace(7));
  EXPECT_EQ(probabilities_of(predictor, stats,
                             [&](const PredictionStats&) {
                               if (++looks == 4) limit.reset();
                             }),
            expected);
  EXPECT_THAT(stats.batch_sizes, ElementsAre(12, 6, 12));
  EXPECT_EQ(stats.reductions, 1u);
  std::size_t calls = 0, windows = 0;
  for (const auto& [size, times] : stats.calls_by_windows) {
    calls += times;
    windows += size * times;
  }
  EXPECT_EQ(calls, stats.predict_calls);
  EXPECT_EQ(windows, stats.windows);
}

TEST(MemoryShortage, InTheMiddleOfARunIsSurvived) {
  Predictor predictor(random_model(), options_of(4));
  PredictionStats stats;
  const auto expected = probabilities_of(predictor, stats);
  for (const int every : {2, 3, 4, 5, 6, 7, 9, 11, 13}) {
    allocations = 0;
    refuse_every = every;
    EXPECT_EQ(probabilities_of(predictor, stats), expected) << "every " << every;
    refuse_every = 0;
  }
}

// Of labels that like to stay what they were.
Model model_with_chain() {
  ModelData data = random_model().data();
  data.options.decoder = "crf";
  data.chain = LineChain({3, 1, 1, 1, 3, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 3);
  return Model(std::make_shared<const ModelData>(std::move(data)));
}

// Scratch, probabilities, documents, sums, the chain and results: whichever it is.
void expect_survival_of_any_large_allocation(const Model& model) {
  Predictor predictor(model, options_of(8));
  PredictionStats stats;
  const auto expected = probabilities_of(predictor, stats);
  std::vector<Document> documents;
  for (unsigned i = 0; i < 6; ++i) {
    documents.push_back(random_document("d" + std::to_string(i), 100 + 150 * i, i));
  }
  std::size_t refused = 0;
  for (int number = 1;; ++number) {
    std::vector<Document> given = documents;
    std::vector<float> all;
    all.reserve(expected.size());
    PredictionRun run(predictor, [&](LabelledDocument&& document) {
      all.insert(all.end(), document.probabilities.begin(), document.probabilities.end());
    });
    large_allocations = 0;
    refuse_large = number;
    for (Document& document : given) run.add(std::move(document));
    run.finish();
    refuse_large = 0;
    ASSERT_EQ(all, expected) << "allocation " << number;
    if (large_allocations < number) break;
    refused += run.stats().reductions;
    // The status and a look at the limits do without; what labels need is asked for again.
    ASSERT_LE(run.stats().reductions, 1u) << "allocation " << number;
  }
  EXPECT_GT(refused, 20u);
}

TEST(MemoryShortage, AtAnyOneLargeAllocationIsSurvived) {
  expect_survival_of_any_large_allocation(random_model());
}

TEST(MemoryShortage, AtAnyOneLargeAllocationOfAChainIsSurvived) {
  expect_survival_of_any_large_allocation(model_with_chain());
}

TEST(MemoryShortage, BelowOneWindowIsAnErrorWithTheBytesNeeded) {
  Predictor predictor(random_model(), options_of(8));
  const Limit limit(workspace(1) - 1);
  PredictionStats stats;
  try {
    probabilities_of(predictor, stats);
    FAIL() << "one window did not fit";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMemory);
    EXPECT_THAT(error.what(), HasSubstr(std::to_string(workspace(1)) + " bytes"));
  }
}

}  // namespace
}  // namespace skol
