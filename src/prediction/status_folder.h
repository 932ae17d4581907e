// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "base/process_identity.h"

namespace skol {

// Where the runs of one user say what they do: a folder of mode 0700, in it a file for each run.
//
// The folders that may hold them, the best first: $XDG_RUNTIME_DIR/skol where that is
// the user's own, /run/user/UID/skol, /dev/shm/skol-UID, /tmp/skol-UID. A run is published in the
// first that can be used; a service has not the variables of a login, so a reader looks into all.
struct StatusFolders {
  std::vector<std::string> paths;
  std::string problem;  // a value of SKOL_STATUS that means nothing; mostly empty

  // SKOL_STATUS: "off" for none, or the absolute path of the only one.
  static StatusFolders of_environment();
  // The same for who looks for runs: that nothing is published from here does not mean that nothing
  // is published.
  static StatusFolders to_read();
};

// Opens the folder for use relative to it; where `make`, it is made if its parent is there. None
// (false) where it is not a folder of this owner that nobody else may enter: others can have put
// a folder or a link of that name into /tmp before.
FileDescriptor open_status_folder(const std::string& path, uid_t owner, bool make);

// The name of a run's file says whose it is, so that those of processes that are gone are found
// whatever is in them. `number` tells several runs of a process apart.
std::string status_file_name(const ProcessIdentity& process, unsigned number);
std::optional<ProcessIdentity> process_of_status_file(std::string_view name);

// The files of runs whose processes are there. Those of this PID namespace that are not are
// removed; a container beside this one may use the same folder, and its runs cannot be judged from
// here.
struct StatusFile {
  std::string name;
  ProcessIdentity process;
};
std::vector<StatusFile> status_files(const FileDescriptor& folder);

}  // namespace skol
