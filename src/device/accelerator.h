// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/sparse_rows.h"
#include "network/network.h"
#include "skol/error.h"

namespace skol {

// The device, or the server that has it, is gone; labels of windows that were not finished are not
// there. Whoever catches it computes them on the CPU.
class DeviceLost : public Error {
 public:
  explicit DeviceLost(const std::string& message) : Error(ErrorKind::kDevice, message) {}
};

// Memory and order of work for batches of windows on an accelerator; one thread at a time.
class AcceleratorQueue {
 public:
  static constexpr std::size_t kSlots = 2;

  virtual ~AcceleratorQueue() = default;
  // Begins a batch, given longest window first; reads rows and tasks before it returns. The
  // tasks' probabilities are written by finish(slot), which waits for them. The other slot may be
  // started in between. Errors: std::bad_alloc, DeviceLost; the slot is free afterwards.
  virtual void start(std::size_t slot, const SparseRows& rows,
                     std::span<const WindowTask> windows) = 0;
  virtual void finish(std::size_t slot) = 0;
};

// A network that is computed elsewhere than in this process' threads: on a device, or in a server.
// Probabilities are within 1e-5 of the CPU's, and the same bits for every batch size and company.
class Accelerator {
 public:
  virtual ~Accelerator() = default;
  virtual std::string name() const = 0;  // "cuda:0 NVIDIA H100"; for `skol top` and messages
  // Device memory: what is free of it now (0: not known); what this network has, its context
  // included; what a queue takes.
  virtual std::uint64_t free_bytes() const = 0;
  virtual std::uint64_t base_bytes() const = 0;
  virtual std::uint64_t queue_bytes(std::size_t windows, std::size_t window_size) const = 0;
  // Queues end before their accelerator. std::bad_alloc where the memory is not there.
  virtual std::unique_ptr<AcceleratorQueue> make_queue(std::size_t windows,
                                                       std::size_t window_size) = 0;
};

}  // namespace skol
