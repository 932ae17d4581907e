// SPDX-License-Identifier: Apache-2.0
#include "prediction/running_predictions.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <tuple>

namespace skol {
namespace {

// An update takes microseconds and comes at most every few hundredths of a second: to meet one so
// often in a row is out of the question.
constexpr int kMostAttempts = 10;

std::optional<RunStatus> read_status(const FileDescriptor& folder, const std::string& name) {
  const FileDescriptor file(
      ::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat found = {};
  if (!file || ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode) ||
      found.st_size != static_cast<off_t>(kRunStatusBytes)) {
    return std::nullopt;
  }
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    RunStatusBytes bytes = {};
    const ssize_t got = ::pread(file.get(), bytes.data(), bytes.size(), 0);
    if (got != static_cast<ssize_t>(bytes.size())) return std::nullopt;
    if (auto status = decode_run_status(bytes)) return status;
  }
  return std::nullopt;
}

double seconds_since(std::uint64_t nanoseconds) {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                       std::chrono::steady_clock::now().time_since_epoch())
                       .count();
  return std::max(0.0, (static_cast<double>(now) - static_cast<double>(nanoseconds)) * 1e-9);
}

}  // namespace

std::vector<RunningPrediction> running_predictions(const StatusFolders& folders) {
  std::vector<RunningPrediction> runs;
  for (const std::string& path : folders.paths) {
    const FileDescriptor folder = open_status_folder(path, ::geteuid(), false);
    if (!folder) continue;
    for (const StatusFile& file : status_files(folder)) {
      std::optional<RunStatus> status = read_status(folder, file.name);
      if (!status) continue;
      RunningPrediction& run = runs.emplace_back();
      run.process = file.process;
      run.seconds = seconds_since(status->started);
      run.age_seconds = seconds_since(status->updated);
      run.status = std::move(*status);
    }
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const RunningPrediction& a, const RunningPrediction& b) {
                     return std::tie(a.process.pid, a.status.started) <
                            std::tie(b.process.pid, b.status.started);
                   });
  return runs;
}

}  // namespace skol
