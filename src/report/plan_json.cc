// SPDX-License-Identifier: Apache-2.0
#include "report/plan_json.h"

#include <fmt/format.h>

#include <utility>

namespace skol {
namespace {

Json row_json(const PlanRequest& request, const PlanRow& row) {
  Json out = {{"prediction_batch_size", row.batch_size},
              {"executor_bytes", row.executor_bytes},
              {"total_bytes", row.total_bytes},
              {"free_bytes", row.free_bytes},
              {"verdict", verdict_name(row.verdict)}};
  if (request.memories.size() > 1) out["memory"] = request.memories[row.memory].name;
  return out;
}

Json spread_json(const Spread& spread) {
  return {{"least", spread.least},
          {"median", spread.median},
          {"ninetieth", spread.ninetieth},
          {"most", spread.most},
          {"mean", spread.mean}};
}

}  // namespace

Json workload_report(const Workload& workload, std::size_t batch_size) {
  return {{"documents", workload.documents},
          {"lines", workload.lines},
          {"windows", workload.windows},
          {"window_size", workload.window_size},
          {"prediction_stride", workload.stride},
          {"lines_of_document", spread_json(workload.lines_of_document)},
          {"windows_of_document", spread_json(workload.windows_of_document)},
          {"padding_share", workload.padding_share},
          {"passes", workload.passes},
          {"predict_calls", workload.calls(batch_size)}};
}

Json plan_report(const Plan& plan) {
  const MemoryLine& line = plan.request.memories.front().executor;
  Json rows = Json::array();
  for (const PlanRow& row : plan.rows) rows.push_back(row_json(plan.request, row));
  const auto& size = plan.prediction_batch_size;
  Json out = {{"base_bytes", line.base_bytes},
              {"window_bytes", line.window_bytes},
              {"fit_error", line.fit_error},
              {"rows", std::move(rows)},
              {"prediction_batch_size", size ? Json(*size) : Json(nullptr)},
              {"reason", fmt::format("{}", fmt::join(plan.reason, " "))}};
  if (plan.request.windows > 0) {
    out["partitions"] = Json::array();
    for (const PartitionRow& row : plan.partitions) {
      out["partitions"].push_back(
          {{"partitions", row.partitions}, {"windows", row.windows}, {"calls", row.calls}});
    }
  }
  return out;
}

}  // namespace skol
