// SPDX-License-Identifier: Apache-2.0
// The device library of the tests, with the functions of device/abi.h.
#include "cuda/host_runtime_testing.h"
#include "cuda/library.h"

namespace skol::cuda {
namespace {

std::uint64_t factor() {
  return FakeCardOptions::of_environment().factor;
}

SkolDeviceApi with_factor() {
  SkolDeviceApi api = Library<HostRuntime>::api();
  api.model_bytes = [](const SkolDeviceNetwork* network) {
    return factor() * DeviceModel<HostRuntime>::bytes(*network);
  };
  api.workspace_bytes = [](const SkolDeviceNetwork* network, std::uint64_t windows,
                           std::uint64_t window_size) -> std::uint64_t {
    return factor() * DeviceWorkspace::bytes(*network, windows, window_size);
  };
  return api;
}

}  // namespace
}  // namespace skol::cuda

extern "C" const SkolDeviceApi* skol_device_api() {
  static const SkolDeviceApi api = skol::cuda::with_factor();
  return &api;
}
