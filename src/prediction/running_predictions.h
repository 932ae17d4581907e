// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/process_identity.h"
#include "prediction/run_status.h"
#include "prediction/status_folder.h"

namespace skol {

// A run of this user on this host, and what it last told.
struct RunningPrediction {
  ProcessIdentity process;
  RunStatus status;
  double seconds = 0;      // since it began
  double age_seconds = 0;  // since it last told anything

  // A run tells of itself after every group of windows, which takes a fifth of a second with the
  // default network on one core: after so many seconds without a word it waits for documents, or
  // for the machine.
  static constexpr double kQuietSeconds = 5;
  bool quiet() const { return age_seconds >= kQuietSeconds; }
  // 0 for a quiet run.
  double windows_per_second() const { return quiet() ? 0 : status.windows_per_second; }
};

// By process, then in the order in which they began. Files that hold no status of this version are
// left out; those of processes that are gone are removed.
std::vector<RunningPrediction> running_predictions(const StatusFolders& folders);

}  // namespace skol
