// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace skol {

// How much of a file must survive, once commit() has returned.
enum class Durability {
  kPowerLoss,  // synced to the device before it takes its name: for what cannot be made again
  kProcess     // the page cache is enough: for results that a second run would make again
};

// Where the bytes wait for commit().
enum class Temporary {
  kUnnamedIfPossible,  // O_TMPFILE: gone with the process, however it ends
  kNamed               // .skol-*.tmp in the same folder: for file systems without O_TMPFILE
};

// A file that appears under its name whole or not at all. The bytes go to a temporary in the same
// folder; commit() renames it over `path`. Without commit() (an exception, an early return) nothing
// is left behind and an older file stays as it was. A process killed at any point leaves the older
// file or the new one, at worst with a hidden .skol-*.tmp beside it, which harms no later run.
//
// A replaced file keeps its permission bits, and its owner where this process may give files away;
// a new one gets 0666 less the umask. A symbolic link stays: the file it points to is replaced. A
// device or FIFO (/dev/null, /dev/stdout) cannot be replaced and is written straight.
//
// Every failure is an Error of kStorage that names the path. Not thread-safe.
class AtomicFile {
 public:
  // Opens the temporary, so that an unwritable place is known before any work is done.
  explicit AtomicFile(std::string path, Durability durability = Durability::kPowerLoss,
                      Temporary temporary = Temporary::kUnnamedIfPossible);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  // Appends. Small pieces are gathered into writes of 64 KiB.
  void write(std::string_view bytes);
  // Gives the file its name. Call at most once, and no write() after it.
  void commit();

 private:
  void open_temporary(Temporary temporary);
  void open_named();
  void keep_attributes(mode_t mode, uid_t owner, gid_t group);
  void flush();
  void write_all(std::string_view bytes);
  void give_name();
  void link_as(const std::string& name);
  void sync_folder() const;
  [[noreturn]] void fail_with(int error) const;

  std::string path_;       // as given, for messages
  std::string target_;     // what is replaced: path_ with symbolic links resolved
  std::string folder_;     // of target_
  std::string temporary_;  // the temporary's name while it has one
  std::string buffer_;
  Durability durability_;
  bool in_place_ = false;  // a device or FIFO, written straight
  bool replaces_ = false;  // target_ existed
  FileDescriptor file_;
};

// The whole of `bytes` as the new content of `path`, in one commit.
void write_file_atomically(const std::string& path, std::string_view bytes,
                           Durability durability = Durability::kPowerLoss);

// What `error`, a value of errno, means, and what to do about it where that is known.
std::string describe_system_error(int error);

}  // namespace skol
