// SPDX-License-Identifier: Apache-2.0
#include "prediction/batch_choice.h"

#include "base/fail.h"
#include "base/sizes.h"

namespace skol {
namespace {

std::string text_of(std::uint64_t bytes, Rounding rounding = Rounding::kNearest) {
  return size_text(bytes, SizeUnits::kBinary, rounding);
}

// Whoever gives the least budget is to be sure that it is enough next time, when the process may
// hold some pages more: what is measured of it varies by some hundred KiB.
std::uint64_t with_margin(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  return (bytes / kMiB + 2) * kMiB;
}

}  // namespace

std::string budget_text(const MemoryBudget& budget) {
  if (budget.executors <= 1) return fmt::format("{} {}", budget.limit, text_of(budget.limit_bytes));
  return fmt::format("{} {}, of which one of {} processes has {}", budget.limit,
                     text_of(budget.limit_bytes), budget.executors, text_of(budget.bytes));
}

void check_one_window(const MemoryPlan& plan, const MemoryBudget& budget) {
  const std::uint64_t needed = plan.bytes(1);
  if (needed <= budget.bytes) return;
  const std::uint64_t least = budget.least_limit(with_margin(needed));
  fail(ErrorKind::kMemory,
       "not enough memory for one window at a time: the process would take {} ({} bytes), and "
       "there are {} ({} bytes) for it: {}; the least that would do is {} ({} bytes)",
       text_of(needed, Rounding::kUp), needed, text_of(budget.bytes, Rounding::kDown), budget.bytes,
       budget_text(budget), text_of(least, Rounding::kUp), least);
}

BatchChoice fitting_choice(const MemoryPlan& plan, const MemoryBudget& budget, std::size_t asked,
                           const std::string& whose) {
  BatchChoice choice;
  choice.budget = budget;
  choice.prediction_batch_size = asked;
  if (plan.bytes(asked) > budget.bytes) {
    check_one_window(plan, budget);
    const std::size_t fits = plan.largest_batch(budget.bytes, asked);
    choice.prediction_batch_size = fits;
    choice.reduced = true;
    choice.reason = fmt::format(
        "prediction_batch_size {} -> {}: {} would take {}, {} takes {}, and there are {} ({})",
        asked, fits, asked, text_of(plan.bytes(asked), Rounding::kUp), fits,
        text_of(plan.bytes(fits)), text_of(budget.bytes, Rounding::kDown), budget_text(budget));
  } else {
    choice.reason = fmt::format("prediction_batch_size {}: {}", asked, whose);
  }
  choice.planned_bytes = plan.whole_peak(choice.prediction_batch_size);
  return choice;
}

}  // namespace skol
