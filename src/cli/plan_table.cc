// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_table.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "cli/help_text.h"

namespace skol {
namespace {

Style style_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSafe:
      return Style::kGreen;
    case Verdict::kTight:
      return Style::kYellow;
    case Verdict::kTooLarge:
      return Style::kRed;
  }
  return Style::kBold;
}

// "6.60 GiB device memory", "memory"
std::string memory_heading(const PlanRequest& request) {
  if (request.memories.size() > 1) return "memory";
  const SharedMemory& memory = request.memories.front();
  return fmt::format("of {}", size_text(memory.bytes, request.units));
}

std::string used_text(const PlanRequest& request, const PlanRow& row) {
  const SharedMemory& memory = request.memories[row.memory];
  const std::string share = fmt::format("{:.1f} %", 100 * memory.share(row.total_bytes));
  return request.memories.size() > 1 ? fmt::format("{} {}", memory.name, share) : share;
}

std::string row_text(const Plan& plan, const PlanRow& row, const Terminal& terminal) {
  const SizeUnits units = plan.request.units;
  const bool recommended = plan.prediction_batch_size == row.batch_size;
  return fmt::format("{:>10}{:>13}{:>13}{:>16}{:>12}   {}{}\n", row.batch_size,
                     size_text(row.executor_bytes, units), size_text(row.total_bytes, units),
                     used_text(plan.request, row), size_text(row.free_bytes, units),
                     styled(verdict_name(row.verdict), style_of(row.verdict), terminal),
                     recommended ? " <--" : "");
}

std::string partitions_table(const Plan& plan, const Terminal& terminal) {
  std::string out = styled(fmt::format("{:>10}{:>26}{:>26}", "partitions", "windows of a partition",
                                       "calls of a partition"),
                           Style::kBold, terminal) +
                    "\n";
  for (const PartitionRow& row : plan.partitions) {
    out += fmt::format("{:>10}{:>26}{:>26}\n", with_commas(row.partitions),
                       with_commas(row.windows), with_commas(row.calls));
  }
  return out + "\n";
}

}  // namespace

std::string plan_table(const Plan& plan, const Terminal& terminal) {
  std::string out = styled(fmt::format("{:>10}{:>13}{:>13}{:>16}{:>12}   {}", "batch size",
                                       "an executor", fmt::format("all {}", plan.request.executors),
                                       memory_heading(plan.request), "free", "verdict"),
                           Style::kBold, terminal) +
                    "\n";
  for (const PlanRow& row : plan.rows) out += row_text(plan, row, terminal);
  out += "\n";
  if (!plan.partitions.empty()) out += partitions_table(plan, terminal);
  for (const std::string& sentence : plan.reason) out += paragraph(sentence);
  return out;
}

std::string workload_text(const Workload& workload, std::size_t batch_size) {
  const auto spread = [](const Spread& values) {
    return fmt::format("{} to {}, half of them up to {}, nine in ten up to {}, {:.1f} on average",
                       with_commas(values.least), with_commas(values.most),
                       with_commas(values.median), with_commas(values.ninetieth), values.mean);
  };
  std::string out =
      "\n" + paragraph(fmt::format(
                 "{}: {} to label in {} of up to {} lines, {} lines apart: {} at "
                 "{} windows each.",
                 counted(workload.documents, "document"), counted(workload.lines, "line"),
                 counted(workload.windows, "window"), workload.window_size, workload.stride,
                 counted(workload.calls(batch_size), "call"), batch_size));
  if (workload.documents == 0) return out;
  out += paragraph(fmt::format("Lines of a document: {}.", spread(workload.lines_of_document)));
  out += paragraph(fmt::format("Windows of a document: {}.", spread(workload.windows_of_document)));
  out += paragraph(fmt::format(
      "Windows overlap: a line is computed {:.2f} times. Padded to whole windows, {:.1f} % of the "
      "work would be for nothing; padding is skipped.",
      workload.passes, 100 * workload.padding_share));
  return out;
}

}  // namespace skol
