// SPDX-License-Identifier: Apache-2.0
#include "device/device_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "device/accelerator.h"

namespace skol {
namespace {

constexpr const char* kFileName = "libskol_cuda.so";

// What dlopen says, without the file's name before it where it is there.
std::string why_not_opened() {
  const char* const why = ::dlerror();
  return why == nullptr ? "unknown" : why;
}

}  // namespace

std::vector<std::string> device_library_places() {
  // The file that holds this code: the command, or the module of Python.
  Dl_info info = {};
  std::error_code error;
  std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", error);
  if (::dladdr(reinterpret_cast<const void*>(&device_library_places), &info) != 0 &&
      info.dli_fname != nullptr &&
      std::string_view(info.dli_fname).find('/') != std::string::npos) {
    const auto file = std::filesystem::weakly_canonical(info.dli_fname, error);
    if (!error) here = file;
  }
  const std::filesystem::path folder = here.parent_path();
  std::vector<std::string> places;
  for (const char* beside : {"", "lib", "../lib"}) {
    places.push_back((folder / beside / kFileName).lexically_normal().string());
  }
  return places;
}

DeviceLibrary::DeviceLibrary(std::string path, void* handle)
    : path_(std::move(path)), handle_(handle) {}

DeviceLibrary::~DeviceLibrary() {
  ::dlclose(handle_);
}

std::shared_ptr<const DeviceLibrary> DeviceLibrary::open(const std::string& path) {
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    fail(ErrorKind::kDevice, "the device library {} cannot be opened: {}", in_quotes(path),
         why_not_opened());
  }
  const std::shared_ptr<DeviceLibrary> library(new DeviceLibrary(path, handle));
  const auto function = reinterpret_cast<SkolDeviceApiFunction>(::dlsym(handle, kSkolDeviceSymbol));
  library->api_ = function == nullptr ? nullptr : function();
  if (library->api_ == nullptr || library->api_->abi != kSkolDeviceAbi) {
    fail(ErrorKind::kDevice,
         "{} is no device library of this version of skol ({}): install the one that came with it",
         in_quotes(path), kSkolDeviceAbi);
  }
  return library;
}

std::shared_ptr<const DeviceLibrary> DeviceLibrary::find() {
  if (const char* const set = std::getenv("SKOL_DEVICE_LIBRARY"); set != nullptr && *set != '\0') {
    return open(set);
  }
  const std::vector<std::string> places = device_library_places();
  for (const std::string& place : places) {
    std::error_code error;
    if (std::filesystem::exists(place, error)) return open(place);
  }
  fail(
      ErrorKind::kDevice,
      "this build of skol has no CUDA: {} is not in {}; build it where nvcc is, or use cpu or auto",
      kFileName, in_quotes(std::filesystem::path(places.front()).parent_path().string()));
}

std::vector<SkolDeviceInfo> DeviceLibrary::devices() const {
  std::int32_t count = 0;
  check(api_->count(&count), "looking for devices");
  if (count <= 0) fail(ErrorKind::kDevice, "the driver knows no device");
  std::vector<SkolDeviceInfo> devices(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) {
    check(api_->describe(i, &devices[static_cast<std::size_t>(i)]), "describing a device");
  }
  return devices;
}

SkolDeviceInfo DeviceLibrary::info(std::int32_t device) const {
  const std::vector<SkolDeviceInfo> all = devices();
  if (device < 0 || static_cast<std::size_t>(device) >= all.size()) {
    fail(ErrorKind::kDevice, "there is no device {}: expected 0 to {}", device, all.size() - 1);
  }
  return all[static_cast<std::size_t>(device)];
}

void DeviceLibrary::check(std::int32_t status, const char* doing) const {
  if (status == kSkolDeviceOk) return;
  if (status == kSkolDeviceOutOfMemory) throw std::bad_alloc();
  const std::string why = fmt::format("{} while {}: {}", api_->name, doing, api_->last_error());
  if (status == kSkolDeviceLost) throw DeviceLost(why);
  throw Error(ErrorKind::kDevice, why);
}

}  // namespace skol
