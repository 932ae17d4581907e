// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <thread>

#include "cuda/engine.h"
#include "cuda/on_threads_testing.h"
#include "device/fake_card_testing.h"

namespace skol::cuda {

// A Runtime (engine.h) that computes with loops on the host, in the memory of a FakeCard. What it
// is asked to do it has done when the call returns.
class HostRuntime {
 public:
  static const char* name() { return "fake device"; }
  static std::int32_t count() {
    if (FakeCardOptions::of_environment().state.empty()) {
      throw DeviceFailure{kSkolDeviceAbsent, "no driver of the fake device"};
    }
    return 1;
  }
  static void describe(std::int32_t device, SkolDeviceInfo& info) {
    if (device >= count()) throw DeviceFailure{kSkolDeviceAbsent, "no such device"};
    const FakeCardOptions options = FakeCardOptions::of_environment();
    std::strcpy(info.name, "Fake Card");
    info.total_bytes = options.memory;
    info.free_bytes = FakeCard(options.state).free(options.memory);
    info.multiprocessors = kMultiprocessors;
  }

  explicit HostRuntime(std::int32_t device) : options_(options_of(device)), card_(options_.state) {
    claim(options_.context);
  }
  ~HostRuntime() { card_.give_back(options_.context); }

  void memory(std::uint64_t& free, std::uint64_t& total) {
    free = card_.free(options_.memory);
    total = options_.memory;
  }
  DeviceLimits limits() const {
    return {.shared_bytes = static_cast<std::uint32_t>(options_.shared),
            .multiprocessors = kMultiprocessors,
            .clusters = options_.clusters != 0};
  }

  std::byte* allocate(std::size_t bytes) {
    ++allocations_;
    if (options_.refuse > 0 && allocations_ % options_.refuse == 0) {
      throw DeviceFailure{kSkolDeviceOutOfMemory, "an allocation in turn to fail"};
    }
    claim(bytes * options_.factor);
    std::byte* const p = allocate_host(bytes);
    sizes_[p] = bytes * options_.factor;
    return p;
  }
  void free(std::byte* p) {
    card_.give_back(sizes_.at(p));
    sizes_.erase(p);
    std::free(p);
  }
  std::byte* allocate_host(std::size_t bytes) {
    void* const p =
        std::aligned_alloc(kAlignment, std::max(kAlignment, round_up(bytes, kAlignment)));
    if (p == nullptr) throw DeviceFailure{kSkolDeviceOutOfMemory, "no memory of the host"};
    // Not zero: nothing may rely on it. As floats, these bytes are not numbers.
    std::memset(p, 0xff, bytes);
    return static_cast<std::byte*>(p);
  }
  void free_host(std::byte* p) { std::free(p); }

  class Queues {
   public:
    explicit Queues(HostRuntime& runtime) : runtime_(runtime) {}
    void upload(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
    void download(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
    template <class Kernel>
    void launch(const Launch& launch, const typename Kernel::Args& args) {
      if (runtime_.options_.threads > 0) {
        run_on_threads<Kernel>(launch, args);
      } else {
        run_on_host<Kernel>(launch, args, runtime_.options_.threads < 0);
      }
    }
    void mark_uploaded() {}
    void mark_computed() {}
    void mark(std::size_t) { runtime_.batch_done(); }
    void wait(std::size_t) {}
    void synchronize() {}

   private:
    HostRuntime& runtime_;
  };

 private:
  static constexpr std::uint32_t kMultiprocessors = 4;

  static FakeCardOptions options_of(std::int32_t device) {
    if (device >= count()) throw DeviceFailure{kSkolDeviceAbsent, "no such device"};
    return FakeCardOptions::of_environment();
  }
  void claim(std::uint64_t bytes) {
    if (!card_.claim(bytes, options_.memory)) {
      throw DeviceFailure{kSkolDeviceOutOfMemory, "the fake card is full"};
    }
  }
  void batch_done() {
    if (options_.delay > 0) std::this_thread::sleep_for(std::chrono::milliseconds(options_.delay));
    if (options_.lose > 0 && ++batches_ >= options_.lose) {
      throw DeviceFailure{kSkolDeviceLost, "the fake card fell off the bus"};
    }
  }

  FakeCardOptions options_;
  FakeCard card_;
  std::map<std::byte*, std::uint64_t> sizes_;
  std::uint64_t allocations_ = 0, batches_ = 0;
};

}  // namespace skol::cuda
