// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "device/accelerator.h"
#include "device/device_library.h"
#include "network/parameters.h"

namespace skol {

// An open device of a library: its context, of which a process needs no second. Thread-safe only as
// far as device/abi.h says: one thread at a time.
class LocalDevice {
 public:
  // Error kDevice where there is no such device; std::bad_alloc where its memory is full.
  LocalDevice(std::shared_ptr<const DeviceLibrary> library, std::int32_t index);

  const DeviceLibrary& library() const { return *library_; }
  SkolDeviceContext* context() const { return context_.get(); }
  const std::string& name() const { return name_; }
  std::uint64_t free_bytes() const;
  std::uint64_t total_bytes() const;
  // Of the context, measured when it was opened; 0 where that could not be.
  std::uint64_t context_bytes() const { return context_bytes_; }

 private:
  std::shared_ptr<const DeviceLibrary> library_;
  std::string name_;
  struct Close {
    const DeviceLibrary* library;
    void operator()(SkolDeviceContext* context) const { library->api().close(context); }
  };
  std::unique_ptr<SkolDeviceContext, Close> context_;
  std::uint64_t context_bytes_ = 0;
};

// A network in a device's memory.
std::unique_ptr<Accelerator> load_network(std::shared_ptr<LocalDevice> device,
                                          const Parameters& parameters,
                                          SkolDevicePrecision precision = kSkolDeviceFp32);

// The same of the description, as it came from somewhere.
std::unique_ptr<Accelerator> load_network(std::shared_ptr<LocalDevice> device,
                                          const SkolDeviceNetwork& network);

}  // namespace skol
