// SPDX-License-Identifier: Apache-2.0
#include "tuning/plan_reason.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/fail.h"

namespace skol {
namespace {

// Of the memory: below it the guide says to raise the batch size.
constexpr double kLittleUsed = 0.70;
// Relative: points further from their line than this do not lie on it.
constexpr double kNoLine = 0.05;

const PlanRow* row_of(const Plan& plan, std::size_t batch_size) {
  const auto row = std::find_if(plan.rows.begin(), plan.rows.end(), [&](const PlanRow& candidate) {
    return candidate.batch_size == batch_size;
  });
  return row == plan.rows.end() ? nullptr : &*row;
}

// The least row above the recommendation, which is not safe; null where there is none.
const PlanRow* next_row(const Plan& plan) {
  const PlanRow* next = nullptr;
  for (const PlanRow& row : plan.rows) {
    if (row.batch_size <= plan.prediction_batch_size.value_or(0)) continue;
    if (next == nullptr || row.batch_size < next->batch_size) next = &row;
  }
  return next;
}

std::string plural(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " or " : ", ";
    out += parts[i];
  }
  return out;
}

const SharedMemory& memory_of(const Plan& plan, const PlanRow& row) {
  return plan.request.memories[row.memory];
}

// "4 executors x (250 MiB + 64 x 20.0 MiB) = 5.98 GiB".
std::string sum_text(const Plan& plan, const PlanRow& row) {
  const SizeUnits units = plan.request.units;
  const MemoryLine& line = memory_of(plan, row).executor;
  if (memory_of(plan, row).exact) {
    return fmt::format("{} x {} = {}", plural(plan.request.executors, "executor"),
                       size_text(row.executor_bytes, units), size_text(row.total_bytes, units));
  }
  return fmt::format("{} x ({} + {} x {}) = {}", plural(plan.request.executors, "executor"),
                     size_text(line.base_bytes, units), row.batch_size,
                     size_text(line.window_bytes, units), size_text(row.total_bytes, units));
}

std::string what_binds(const Plan& plan, const PlanRow& row) {
  const SharedMemory& memory = memory_of(plan, row);
  return fmt::format("{}: {} memory binds: {} of {} ({:.1f} %).", row.batch_size, memory.name,
                     sum_text(plan, row), size_text(memory.bytes, plan.request.units),
                     100 * memory.share(row.total_bytes));
}

std::string why_none(const Plan& plan) {
  const PlanRow& row = *next_row(plan);
  const SharedMemory& memory = memory_of(plan, row);
  std::string out = fmt::format(
      "No size is recommended, for none is safe: {} is {}: {} of {} {} memory ({:.1f} %).",
      row.batch_size, verdict_name(row.verdict), sum_text(plan, row),
      size_text(memory.bytes, plan.request.units), memory.name,
      100 * memory.share(row.total_bytes));
  if (plan.largest_safe > 0) out += fmt::format(" Sizes up to {} are.", plan.largest_safe);
  return out;
}

std::size_t most_safe_executors(const Plan& plan, std::size_t batch_size) {
  std::size_t most = kMostExecutors;
  for (const SharedMemory& memory : plan.request.memories) {
    most = std::min(most, memory.most_safe_executors(batch_size));
  }
  return most;
}

// What the memory that is left would be good for; empty where nothing is.
std::string what_could_be_raised(const Plan& plan, const PlanRow& row) {
  const bool little_used = memory_of(plan, row).share(row.total_bytes) < kLittleUsed;
  const std::size_t executors = most_safe_executors(plan, row.batch_size);
  std::vector<std::string> choices;
  if (plan.largest_safe > row.batch_size) {
    choices.push_back(fmt::format("the batch size up to {}", plan.largest_safe));
  }
  if (little_used && executors > plan.request.executors) {
    choices.push_back(fmt::format("the executors up to {}", executors));
  }
  if (choices.empty()) return "";
  return little_used ? fmt::format("Less than 70 % is used: raise {}.", joined(choices))
                     : fmt::format("Every size up to {} is safe.", plan.largest_safe);
}

// The other memories at the recommended size.
std::string what_binds_next(const Plan& plan, const PlanRow& row) {
  std::string out;
  for (const SharedMemory& memory : plan.request.memories) {
    if (&memory == &memory_of(plan, row)) continue;
    const std::uint64_t total = memory.total(plan.request.executors, row.batch_size);
    out += fmt::format("{}The {} memory is {:.1f} % used", out.empty() ? "" : " ", memory.name,
                       100 * memory.share(total));
    out += memory.executor.window_bytes == 0
               ? " whatever the batch size."
               : fmt::format(" and binds next, above {}.",
                             memory.largest_safe_batch(plan.request.executors));
  }
  return out;
}

// The largest safe size if what binds at `row` held its base once for all executors.
std::size_t largest_with_one_base(const Plan& plan, const PlanRow& row) {
  const SharedMemory& memory = memory_of(plan, row);
  if (memory.exact || memory.safe_bytes() <= memory.executor.base_bytes ||
      memory.executor.window_bytes == 0) {
    return 0;
  }
  const std::size_t executors = plan.request.executors;
  const double windows = static_cast<double>(memory.safe_bytes() - memory.executor.base_bytes) /
                         static_cast<double>(memory.executor.window_bytes) /
                         static_cast<double>(executors);
  auto largest = static_cast<std::size_t>(std::min(windows, double{kMostBatchSize}));
  for (const SharedMemory& other : plan.request.memories) {
    if (&other != &memory) largest = std::min(largest, other.largest_safe_batch(executors));
  }
  return largest;
}

// What would make a row safe that is not.
std::string how_to_get_further(const Plan& plan, const PlanRow& row) {
  const SharedMemory& memory = memory_of(plan, row);
  const SizeUnits units = plan.request.units;
  const std::size_t executors = plan.request.executors;
  std::vector<std::string> choices;
  const std::size_t fewer = most_safe_executors(plan, row.batch_size);
  if (fewer > 0 && fewer < executors) choices.push_back(plural(fewer, "executor"));
  const std::uint64_t each = memory.safe_bytes() / executors;
  if (!memory.exact && each > memory.executor.base_bytes + row.batch_size) {
    const std::uint64_t window = (each - memory.executor.base_bytes) / row.batch_size;
    choices.push_back(
        fmt::format("at most {} a window", size_text(window, units, Rounding::kDown)));
  }
  // 95 % of it are row.total_bytes.
  const std::uint64_t needed = row.total_bytes + row.total_bytes / 19 + 1;
  choices.push_back(
      fmt::format("{} of {} memory", size_text(needed, units, Rounding::kUp), memory.name));
  std::string out =
      fmt::format("{} is {}: it takes {}. It would be safe with {}.", row.batch_size,
                  verdict_name(row.verdict), size_text(row.total_bytes, units), joined(choices));
  const std::size_t sharing = largest_with_one_base(plan, row);
  if (executors > 1 && sharing > plan.largest_safe) {
    out += fmt::format(" Executors that share one base get as far as {}.", sharing);
  }
  return out;
}

std::string where_points_leave_the_line(const Plan& plan) {
  const PlanRequest& request = plan.request;
  const MemoryLine& line = request.memories.front().executor;
  if (line.fit_error <= kNoLine || request.points.empty()) return "";
  const auto furthest = std::max_element(request.points.begin(), request.points.end(),
                                         [&](const MemoryPoint& a, const MemoryPoint& b) {
                                           return relative_error(line, a) < relative_error(line, b);
                                         });
  return fmt::format(
      "The points depart from the formula, base + batch x window, by up to {:.1f} %: at {} the "
      "line "
      "has {}, measured were {}.",
      100 * line.fit_error, furthest->batch_size,
      size_text(line.bytes(furthest->batch_size), request.units),
      size_text(furthest->bytes, request.units));
}

// A measured point says more of its own size than the line does.
std::string where_points_are_worse(const Plan& plan) {
  const SharedMemory& memory = plan.request.memories.front();
  for (const MemoryPoint& point : plan.request.points) {
    // A product beyond kMostBytes, which no memory holds, becomes that.
    const std::size_t executors = plan.request.executors;
    const std::uint64_t total = std::min(point.bytes, kMostBytes / executors) * executors;
    const Verdict verdict = memory.verdict(total);
    if (point.batch_size > plan.prediction_batch_size.value_or(0) || verdict == Verdict::kSafe) {
      continue;
    }
    return fmt::format(
        "But as measured {} takes {}, which is {}: choose a smaller size, or measure again.",
        point.batch_size, size_text(total, plan.request.units), verdict_name(verdict));
  }
  return "";
}

// The guide recommends 64 and calls 96, which it puts at 7.2 GB of 6.6 GB, tight.
std::string where_the_guide_differs(const Plan& plan) {
  const PlanRow* safe = row_of(plan, 64);
  const PlanRow* large = row_of(plan, 96);
  if (safe == nullptr || safe->verdict != Verdict::kSafe || large == nullptr ||
      large->verdict != Verdict::kTooLarge) {
    return "";
  }
  return "The tuning guide calls 96 tight in its table; what takes more than there is, is "
         "too_large "
         "here.";
}

}  // namespace

std::vector<std::string> explain(const Plan& plan) {
  std::vector<std::string> sentences;
  if (plan.prediction_batch_size) {
    const PlanRow& row = *row_of(plan, *plan.prediction_batch_size);
    sentences = {what_binds(plan, row), what_could_be_raised(plan, row),
                 what_binds_next(plan, row)};
  } else {
    sentences = {why_none(plan)};
  }
  const PlanRow* next = next_row(plan);
  if (next != nullptr) sentences.push_back(how_to_get_further(plan, *next));
  sentences.push_back(where_points_leave_the_line(plan));
  sentences.push_back(where_points_are_worse(plan));
  sentences.push_back(where_the_guide_differs(plan));
  std::erase_if(sentences, [](const std::string& sentence) { return sentence.empty(); });
  return sentences;
}

void fail_nothing_fits(const Plan& plan, const PlanRow& least) {
  const SharedMemory& memory = memory_of(plan, least);
  const std::size_t fewer = most_safe_executors(plan, least.batch_size);
  std::vector<std::string> choices;
  if (plan.largest_safe > 0) choices.push_back(fmt::format("sizes up to {}", plan.largest_safe));
  if (fewer > 0) choices.push_back(plural(fewer, "executor"));
  if (choices.empty()) choices = {"less memory for base and window", "more memory"};
  fail(ErrorKind::kMemory,
       "nothing fits: the smallest size takes {} ({} bytes), but there are {} ({} bytes) of {} "
       "memory; what would help: {}",
       sum_text(plan, least), least.total_bytes, size_text(memory.bytes, plan.request.units),
       memory.bytes, memory.name, joined(choices));
}

}  // namespace skol
