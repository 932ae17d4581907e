// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/file_descriptor.h"

namespace skol {

// The memory of a card that is not there, shared by the processes that name the same file, as a
// real one is by all of a machine. What it should be like stands in SKOL_FAKE_DEVICE, a list with
// commas:
//   state=FILE     where it is kept; without it there is no card ("no driver")
//   memory=BYTES   of the card; context=BYTES that each open context takes
//   factor=N       every allocation counts N-fold, so that small networks cost what large ones do
//   refuse=N       every N-th allocation fails
//   delay=MS       that a batch takes at least
//   lose=N         the device is lost with the N-th batch of a process
//   shared=BYTES   shared memory of a block; clusters=0: an older device, without clusters
//   threads=1      each thread of a kernel is one; threads=-1: loops, in descending order
struct FakeCardOptions {
  std::string state;
  std::uint64_t memory = 0, context = 0, factor = 1, refuse = 0, delay = 0, lose = 0;
  std::uint64_t shared = 227 << 10, clusters = 1;
  std::int64_t threads = 0;

  static FakeCardOptions of_environment();
  std::string text() const;  // for the environment
};

// Thread-safe between processes, by a lock on the file; made anew by whoever looks.
class FakeCard {
 public:
  struct State {
    static constexpr std::size_t kProcesses = 64;
    struct Process {
      std::int64_t pid;
      std::uint64_t bytes;
    };
    std::uint64_t tenant;     // what somebody else takes
    std::uint64_t most_used;  // by processes of ours, ever
    std::uint64_t most_contexts, contexts;
    Process processes[kProcesses];

    std::uint64_t used() const;
  };

  explicit FakeCard(const std::string& state_file);
  FakeCard(const FakeCard&) = delete;
  FakeCard& operator=(const FakeCard&) = delete;
  ~FakeCard();

  // Whether `bytes` were left of `memory`.
  bool claim(std::uint64_t bytes, std::uint64_t memory);
  void give_back(std::uint64_t bytes);
  std::uint64_t free(std::uint64_t memory);
  void set_tenant(std::uint64_t bytes);
  State state();

 private:
  template <class Work>
  auto locked(const Work& work);
  std::uint64_t& own_bytes();

  FileDescriptor file_;
  State* state_;
};

}  // namespace skol
