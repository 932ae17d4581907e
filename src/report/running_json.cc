// SPDX-License-Identifier: Apache-2.0
#include "report/running_json.h"

#include <ctime>

#include "base/utc_time.h"

namespace skol {

Json running_report(const RunningPrediction& run) {
  const RunStatus& status = run.status;
  const std::time_t now = std::time(nullptr);
  return {{"time", utc_text(now)},
          {"pid", run.process.pid},
          {"what", status.what},
          {"model", status.model.empty() ? Json(nullptr) : Json(status.model)},
          {"device", status.device},
          {"threads", status.threads},
          {"started", utc_text(now - static_cast<std::time_t>(run.seconds))},
          {"seconds", run.seconds},
          {"age_seconds", run.age_seconds},
          {"documents", status.documents},
          {"lines", status.lines},
          {"windows", status.windows},
          {"windows_done", status.windows_done},
          {"windows_per_second", run.windows_per_second()},
          {"predict_calls", status.predict_calls},
          {"prediction_batch_size", status.prediction_batch_size},
          {"reductions", status.reductions},
          {"resident_bytes", status.resident_bytes},
          {"workspace_bytes", status.workspace_bytes},
          {"budget_bytes", status.budget_bytes > 0 ? Json(status.budget_bytes) : Json(nullptr)}};
}

}  // namespace skol
