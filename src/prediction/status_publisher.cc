// SPDX-License-Identifier: Apache-2.0
#include "prediction/status_publisher.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <utility>

#include "base/process_memory.h"

namespace skol {
namespace {

using namespace std::chrono_literals;

// An update takes some ten microseconds, so that twenty a second are nothing to a run. Those that
// were not made in the last second may be made up for: a run that waits for its next document shows
// what it has done, and not what it had done a twentieth of a second earlier.
constexpr auto kBetweenUpdates = 50ms;
constexpr auto kMadeUpFor = 1s;

// No process has so many runs at once.
constexpr unsigned kMostRuns = 10'000;

template <class Time>
std::uint64_t nanoseconds(Time time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

template <class Time>
double seconds(Time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

std::string program_name() {
  std::ifstream file("/proc/self/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

// A write beyond this limit would end a process that does not ignore SIGXFSZ.
bool may_write_files() {
  struct rlimit limit = {};
  return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur >= kRunStatusBytes;
}

}  // namespace

StatusPublisher::StatusPublisher(RunStatus first, const StatusFolders& folders)
    : status_(std::move(first)), rate_(seconds(Clock::now())) {
  const auto now = Clock::now();
  next_ = now - kMadeUpFor;
  status_.started = nanoseconds(now);
  if (status_.what.empty()) status_.what = program_name();
  open_file(folders);
  write(now);
}

void StatusPublisher::open_file(const StatusFolders& folders) {
  const auto self = this_process();
  if (!self || !may_write_files()) return;
  process_ = ::getpid();
  for (const std::string& path : folders.paths) {
    folder_ = open_status_folder(path, ::geteuid(), true);
    if (!folder_) continue;
    status_files(folder_);  // removes what killed processes left
    for (unsigned number = 0; number < kMostRuns; ++number) {
      name_ = status_file_name(*self, number);
      file_ = FileDescriptor(::openat(folder_.get(), name_.c_str(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (file_) return;
      if (errno != EEXIST) break;
    }
  }
}

void StatusPublisher::update(const PredictionStats& stats, std::uint64_t windows_done) {
  if (!file_) return;
  const auto now = Clock::now();
  next_ = std::max(next_, now - kMadeUpFor);
  if (next_ > now) return;
  next_ += kBetweenUpdates;
  status_.documents = stats.documents;
  status_.lines = stats.lines;
  status_.windows = stats.windows;
  status_.windows_done = windows_done;
  status_.predict_calls = stats.predict_calls;
  status_.prediction_batch_size = stats.batch_sizes.back();
  status_.reductions = stats.reductions;
  status_.workspace_bytes = stats.workspace_bytes;
  status_.windows_per_second = rate_.at(seconds(now), windows_done);
  write(now);
}

void StatusPublisher::write(Clock::time_point now) {
  // A process forked from this one shares the file, and has nothing to tell in it.
  if (!file_ || ::getpid() != process_) return;
  status_.updated = nanoseconds(now);
  status_.resident_bytes = resident_bytes();
  const RunStatusBytes bytes = encode(status_);
  // Written, not mapped: on a full file system, or after somebody cut the file, touching a mapping
  // ends the process.
  if (::pwrite(file_.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    withdraw();
  }
}

void StatusPublisher::withdraw() {
  if (file_ && ::getpid() == process_) ::unlinkat(folder_.get(), name_.c_str(), 0);
  file_ = FileDescriptor();
  folder_ = FileDescriptor();
}

}  // namespace skol
