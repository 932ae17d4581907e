// SPDX-License-Identifier: Apache-2.0
#include "base/process_identity.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

namespace skol {
namespace {

std::optional<ProcessIdentity> read_stat(const std::string& folder) {
  std::ifstream file(folder + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return parse_process_stat(line);
}

}  // namespace

std::optional<ProcessIdentity> parse_process_stat(const std::string& line) {
  // "PID (NAME) STATE ...", the start as the 22nd field; NAME may hold blanks and parentheses.
  constexpr int kFieldsBetweenStateAndStart = 18;
  const std::size_t end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return std::nullopt;
  ProcessIdentity process;
  if (!(std::istringstream(line) >> process.pid)) return std::nullopt;
  std::istringstream fields(line.substr(end_of_name + 1));
  char state = 0;
  fields >> state;
  for (int i = 0; i < kFieldsBetweenStateAndStart; ++i) {
    std::string skipped;
    fields >> skipped;
  }
  if (!(fields >> process.start) || state == 'Z' || state == 'X') return std::nullopt;
  return process;
}

std::optional<ProcessIdentity> this_process() {
  struct stat names = {};
  std::optional<ProcessIdentity> process = read_stat("/proc/self");
  if (!process || ::stat("/proc/self/ns/pid", &names) != 0) return std::nullopt;
  process->pid_namespace = names.st_ino;
  return process;
}

bool is_running(const ProcessIdentity& process) {
  const auto found = read_stat(fmt::format("/proc/{}", process.pid));
  return found && found->start == process.start;
}

}  // namespace skol
