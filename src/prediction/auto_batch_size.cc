// SPDX-License-Identifier: Apache-2.0
#include "prediction/auto_batch_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <vector>

#include "base/counted.h"
#include "base/sizes.h"
#include "prediction/batch.h"
#include "prediction/batch_choice.h"
#include "prediction/made_up_lines.h"

namespace skol {
namespace {

using Clock = std::chrono::steady_clock;

// Of all probes together, about: long enough to tell 2 % where a machine is quiet, short beside the
// runs in which a few per cent matter.
constexpr double kProbeSeconds = 0.8;
// No probe alone may take longer: a model so slow gains nothing from batches of many micro-batches.
constexpr double kMostSecondsOfProbe = 0.4;
// A rate this near the best is as good. The larger batch is taken, for what a run does between two
// calls is not in the probes.
constexpr double kAsGood = 0.985;
// Micro-batches of each thread in the largest batch that is tried: from 8 on a batch is cut into
// groups of 8 (batch.cc), and larger batches are more of the same.
constexpr std::size_t kMostMicroBatches = 16;
// And in the smallest, where there are memory and time: fewer are the same work, more waiting.
constexpr std::size_t kFewestMicroBatches = 4;

struct Probe {
  std::size_t batch_size;
  std::vector<double> seconds;  // of calls, in the order in which they were made

  double rate() const {
    std::vector<double> sorted = seconds;
    std::ranges::sort(sorted);
    return static_cast<double>(batch_size) / sorted[sorted.size() / 2];
  }
};

// Batches of a few full micro-batches for every thread, and larger ones; where memory is for less
// than one each, the largest and those that cut it into whole tiles.
std::vector<std::size_t> sizes_to_try(const MemoryPlan& plan, std::size_t fits,
                                      double seconds_of_window) {
  const std::size_t full = plan.threads * kMicroBatchWindows;
  std::vector<std::size_t> sizes;
  if (fits >= full) {
    const std::size_t few = kFewestMicroBatches * full;
    const bool quick = seconds_of_window * static_cast<double>(few) <= kMostSecondsOfProbe;
    const std::size_t least = quick && fits >= few ? few : full;
    for (std::size_t n = least; n <= std::min(fits, kMostMicroBatches * full); n *= 2) {
      sizes.push_back(n);
    }
    return sizes;
  }
  const std::size_t tiles = plan.threads * plan.tile_rows;
  sizes = {fits, fits / tiles * tiles, fits / plan.threads * plan.threads, (fits + 1) / 2};
  std::erase(sizes, 0u);
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

// Predicts batches of made-up windows.
class Prober {
 public:
  Prober(const MemoryPlan& plan, const Network& network, const Vectorizer& vectorizer,
         ThreadPool& pool)
      : plan_(plan),
        network_(network),
        vectorizer_(vectorizer),
        pool_(pool),
        document_(made_up_document(vectorizer, plan.shape.input_size,
                                   plan.window_size + (kWindows - 1) * plan.stride)),
        lines_(document_) {}

  // Seconds of one call.
  double call(std::size_t batch_size) {
    const std::size_t floats = plan_.window_size * plan_.shape.num_classes;
    probabilities_.resize(batch_size * floats);
    std::vector<BatchWindow> windows;
    windows.reserve(batch_size);
    for (std::size_t w = 0; w < batch_size; ++w) {
      const Window window = {w % kWindows * plan_.stride, plan_.window_size};
      windows.push_back({&lines_, window, &probabilities_[w * floats]});
    }
    // As in a run, scratch is made once and not part of a call.
    BatchPredictor predictor(network_, vectorizer_, pool_, plan_.window_size, batch_size);
    const auto begin = Clock::now();
    predictor.predict(windows, [](std::size_t) {});
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

 private:
  // Different ones; more would only be more text.
  static constexpr std::size_t kWindows = 2 * kMicroBatchWindows;

  const MemoryPlan& plan_;
  const Network& network_;
  const Vectorizer& vectorizer_;
  ThreadPool& pool_;
  Document document_;
  ClassifiedLines lines_;
  std::vector<float> probabilities_;
};

std::vector<Probe> measure(const MemoryPlan& plan, std::size_t fits, Prober& prober) {
  // The first calls touch memory and wake threads; what they take bounds what is tried.
  const std::size_t few = std::min(fits, plan.threads);
  prober.call(few);
  const double seconds_of_window = prober.call(few) / static_cast<double>(few);
  std::vector<Probe> probes;
  double round = 0;
  for (const std::size_t size : sizes_to_try(plan, fits, seconds_of_window)) {
    const double seconds = seconds_of_window * static_cast<double>(size);
    if (!probes.empty() && seconds > kMostSecondsOfProbe) break;
    probes.push_back({size, {}});
    round += seconds;
  }
  if (probes.size() == 1) return probes;  // nothing to compare
  // Sizes take turns, so that what else the machine does meanwhile is not laid to one of them.
  const auto begin = Clock::now();
  do {
    for (Probe& probe : probes) probe.seconds.push_back(prober.call(probe.batch_size));
  } while (std::chrono::duration<double>(Clock::now() - begin).count() + round < kProbeSeconds);
  return probes;
}

}  // namespace

BatchChoice auto_choice(const MemoryPlan& plan, const MemoryBudget& budget, const Network& network,
                        const Vectorizer& vectorizer, ThreadPool& pool) {
  check_one_window(plan, budget);
  const std::size_t fits = plan.largest_batch(budget.bytes, kMostPredictionBatchSize);
  BatchChoice choice;
  choice.budget = budget;
  std::vector<Probe> probes;
  try {
    Prober prober(plan, network, vectorizer, pool);
    probes = measure(plan, fits, prober);
  } catch (const std::bad_alloc&) {
    // Less is there than the limits say; a run makes the batch smaller where it has to.
    probes = {{std::min(fits, plan.threads), {}}};
  }
  std::string why;
  if (probes.size() == 1) {
    choice.prediction_batch_size = probes[0].batch_size;
    why = "nothing larger was tried";
  } else {
    double best = 0;
    std::vector<std::size_t> sizes;
    for (const Probe& probe : probes) {
      best = std::max(best, probe.rate());
      sizes.push_back(probe.batch_size);
    }
    std::ranges::reverse(probes);
    const Probe& chosen = *std::ranges::find_if(
        probes, [&](const Probe& probe) { return probe.rate() >= kAsGood * best; });
    choice.prediction_batch_size = chosen.batch_size;
    why = fmt::format("{} windows/s, the largest within 1.5 % of the fastest of {}",
                      with_commas(static_cast<std::size_t>(chosen.rate())), fmt::join(sizes, ", "));
  }
  choice.planned_bytes = plan.whole_peak(choice.prediction_batch_size);
  choice.reason = fmt::format(
      "prediction_batch_size auto -> {}: {}; takes {} of {} ({})", choice.prediction_batch_size,
      why, size_text(choice.planned_bytes, SizeUnits::kBinary),
      size_text(budget.bytes, SizeUnits::kBinary, Rounding::kDown), budget_text(budget));
  return choice;
}

}  // namespace skol
