// SPDX-License-Identifier: Apache-2.0
#include "prediction/status_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "base/in_quotes.h"

namespace skol {
namespace {

constexpr std::string_view kEnding = ".run";
constexpr mode_t kOnlyTheOwner = 0700;
constexpr mode_t kAnyOther = 077;

// Takes the number at the front off `text`, and the mark after it.
template <class Number>
bool take_number(std::string_view& text, std::string_view mark, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(mark.size());
  return true;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::vector<std::string> names_in(const FileDescriptor& folder) {
  std::vector<std::string> names;
  // An open folder of its own: reading moves the place in it, and closing closes it.
  FileDescriptor again(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, CloseFolder> entries(again ? ::fdopendir(again.get()) : nullptr);
  if (!entries) return names;
  again.release();
  while (const dirent* entry = ::readdir(entries.get())) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

bool is_folder_of(const char* path, uid_t owner) {
  struct stat found = {};
  return *path == '/' && ::stat(path, &found) == 0 && S_ISDIR(found.st_mode) &&
         found.st_uid == owner;
}

StatusFolders usual_folders() {
  const auto user = ::geteuid();
  StatusFolders folders;
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string of_login = fmt::format("/run/user/{}", user);
  // After su it may be that of another user, whom a folder of ours would be in the way.
  if (runtime != nullptr && runtime != of_login && is_folder_of(runtime, user)) {
    folders.paths.push_back(fmt::format("{}/skol", runtime));
  }
  folders.paths.push_back(of_login + "/skol");
  folders.paths.push_back(fmt::format("/dev/shm/skol-{}", user));
  folders.paths.push_back(fmt::format("/tmp/skol-{}", user));
  return folders;
}

std::string_view setting() {
  const char* const value = std::getenv("SKOL_STATUS");
  return value == nullptr ? "" : value;
}

constexpr std::string_view kOff = "off";

}  // namespace

StatusFolders StatusFolders::of_environment() {
  const std::string_view value = setting();
  if (value.empty()) return usual_folders();
  if (value == kOff) return {};
  if (value.starts_with('/')) return {{std::string(value)}, ""};
  return {{},
          fmt::format("SKOL_STATUS is {}: expected off or the absolute path of a folder; runs are "
                      "not published",
                      in_quotes(value))};
}

StatusFolders StatusFolders::to_read() {
  return setting() == kOff ? usual_folders() : of_environment();
}

FileDescriptor open_status_folder(const std::string& path, uid_t owner, bool make) {
  if (make) ::mkdir(path.c_str(), kOnlyTheOwner);  // that it is there already is as good
  FileDescriptor folder(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat found = {};
  if (!folder || ::fstat(folder.get(), &found) != 0 || found.st_uid != owner ||
      (found.st_mode & kAnyOther) != 0) {
    return {};
  }
  return folder;
}

std::string status_file_name(const ProcessIdentity& process, unsigned number) {
  return fmt::format("{}-{}-{}-{}{}", process.pid_namespace, process.pid, process.start, number,
                     kEnding);
}

std::optional<ProcessIdentity> process_of_status_file(std::string_view name) {
  ProcessIdentity process;
  unsigned number = 0;
  if (!take_number(name, "-", process.pid_namespace) || !take_number(name, "-", process.pid) ||
      !take_number(name, "-", process.start) || !take_number(name, kEnding, number) ||
      !name.empty()) {
    return std::nullopt;
  }
  return process;
}

std::vector<StatusFile> status_files(const FileDescriptor& folder) {
  std::vector<StatusFile> files;
  const auto self = this_process();
  if (!self) return files;
  for (const std::string& name : names_in(folder)) {
    const auto process = process_of_status_file(name);
    if (!process || process->pid_namespace != self->pid_namespace) continue;
    if (is_running(*process)) {
      files.push_back({name, *process});
    } else {
      ::unlinkat(folder.get(), name.c_str(), 0);
    }
  }
  return files;
}

}  // namespace skol
