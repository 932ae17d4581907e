// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "device/abi.h"
#include "device/accelerator.h"
#include "network/parameters.h"

namespace skol {

// How long a server may say nothing before it counts as gone: its batches take milliseconds.
inline constexpr std::chrono::seconds kServerPatience{60};

// The network in the server that listens at `path`, sent there if need be; nothing where none
// listens. The server pools the windows of all its clients. When it ends, or does not answer for
// `patience`, calls throw DeviceLost. Error kDevice: it is another user's, or refuses;
// std::bad_alloc: it, or the shared memory, is full.
std::unique_ptr<Accelerator> connect_network(const std::string& path, const Parameters& parameters,
                                             SkolDevicePrecision precision = kSkolDeviceFp32,
                                             std::chrono::seconds patience = kServerPatience);

// The same for whatever server of `device` ("cuda:0", "cpu") this user has on this machine.
std::unique_ptr<Accelerator> connect_network_to(const std::string& device,
                                                const Parameters& parameters,
                                                SkolDevicePrecision precision = kSkolDeviceFp32);

}  // namespace skol
