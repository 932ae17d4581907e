// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "device/abi.h"
#include "device/accelerator.h"
#include "network/parameters.h"
#include "skol/options.h"

namespace skol {

// What computes the windows of a predictor where that is not its own threads.
struct RunDevice {
  std::unique_ptr<Accelerator> network;  // none: the CPU
  // Bytes of the device for batches; 0: as many as the server gives.
  std::uint64_t budget_bytes = 0;
  // One line for the user where "auto" ends at the CPU, or no server could be started.
  std::string notice;
};

// Of "cuda:N", N; of "cuda", 0.
std::int32_t device_index(std::string_view device);

// Of the device that options name; none for "cpu", and for "auto" where none is here. Error
// kDevice.
std::optional<SkolDeviceInfo> device_info(const PredictionOptions& options);

// Whether text is "cpu", "auto", "cuda" or "cuda:N".
bool is_device_name(std::string_view text);

// For "cuda:N" ("cuda" is the first): the server that has it, which is started where none runs;
// where that cannot be, or SKOL_SERVE is "off", the device itself, and of its memory the share of
// one of the executors. For "auto": the first device, else a server of the CPU, else the threads
// here, with a notice. Error kDevice where a device that was named cannot be used; that its memory
// is full just now is none, and the threads here compute.
RunDevice open_run_device(const PredictionOptions& options, const Parameters& parameters);

}  // namespace skol
