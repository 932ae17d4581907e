// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device/abi.h"

namespace skol {

// A library of device/abi.h, opened at run time. Thread-safe; it stays open as long as something
// holds it.
class DeviceLibrary {
 public:
  // Error kDevice: not there, not a device library, or of another version.
  static std::shared_ptr<const DeviceLibrary> open(const std::string& path);
  // The one that SKOL_DEVICE_LIBRARY names, else libskol_cuda.so beside this program or module, in
  // its lib or in ../lib. Error kDevice.
  static std::shared_ptr<const DeviceLibrary> find();

  ~DeviceLibrary();
  DeviceLibrary(const DeviceLibrary&) = delete;
  DeviceLibrary& operator=(const DeviceLibrary&) = delete;

  const SkolDeviceApi& api() const { return *api_; }
  const std::string& path() const { return path_; }
  // All there are. Error kDevice where there is no driver or no device.
  std::vector<SkolDeviceInfo> devices() const;
  // One of them. Error kDevice where it is not there.
  SkolDeviceInfo info(std::int32_t device) const;

  // Throws what a status says: std::bad_alloc, DeviceLost, Error kDevice.
  void check(std::int32_t status, const char* doing) const;

 private:
  DeviceLibrary(std::string path, void* handle);

  std::string path_;
  void* handle_;
  const SkolDeviceApi* api_ = nullptr;
};

// Where find() looks without the variable, in this order.
std::vector<std::string> device_library_places();

}  // namespace skol
