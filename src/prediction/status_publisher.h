// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/file_descriptor.h"
#include "prediction/recent_rate.h"
#include "prediction/run_status.h"
#include "prediction/status_folder.h"
#include "skol/predictor.h"

namespace skol {

// Keeps the status of one run in a file of its own while it lives (status_folder.h says where), for
// `skol top` to read. For the thread that runs.
//
// This is the one place where a failure is no error: a run that has labels to give must not end, or
// be other than it is elsewhere, because it cannot be watched. Where there is no folder, no space
// or no /proc, nothing is published, and `skol doctor` says why.
class StatusPublisher {
 public:
  // `first` has what stays the same in the run.
  StatusPublisher(RunStatus first, const StatusFolders& folders);
  ~StatusPublisher() { withdraw(); }
  StatusPublisher(const StatusPublisher&) = delete;
  StatusPublisher& operator=(const StatusPublisher&) = delete;

  // To be called as often as one likes: most calls do no more than look at the clock.
  void update(const PredictionStats& stats, std::uint64_t windows_done);
  // Removes the file.
  void withdraw();

 private:
  using Clock = std::chrono::steady_clock;

  void open_file(const StatusFolders& folders);
  void write(Clock::time_point now);

  RunStatus status_;
  FileDescriptor folder_, file_;
  std::string name_;
  pid_t process_ = 0;
  RecentRate rate_;
  Clock::time_point next_;  // no update before; behind the clock by what may be made up for
};

}  // namespace skol
