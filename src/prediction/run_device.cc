// SPDX-License-Identifier: Apache-2.0
#include "prediction/run_device.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/fail.h"
#include "device/local_device.h"
#include "device/remote_network.h"
#include "device/server_start.h"
#include "device/wire_socket.h"

namespace skol {
namespace {

constexpr std::string_view kNumbered = "cuda:";
// Of what is free, left alone: CUDA takes some for what it allocates by itself, and others move.
constexpr std::uint64_t kKeptPercent = 5;

// A share of what was there before this process came; never more than is free now.
std::uint64_t budget_of(const LocalDevice& device, const Accelerator& network,
                        std::size_t executors) {
  const auto kept = [](std::uint64_t bytes) { return bytes / 100 * (100 - kKeptPercent); };
  const std::uint64_t share = kept(device.total_bytes()) / std::max<std::size_t>(1, executors);
  const std::uint64_t base = network.base_bytes();
  // 0 would mean any.
  const std::uint64_t of_share = share > base ? share - base : 1;
  return std::max<std::uint64_t>(1, std::min(of_share, kept(device.free_bytes())));
}

SkolDevicePrecision precision_of(const PredictionOptions& options) {
  return options.precision == "bf16" ? kSkolDeviceBf16 : kSkolDeviceFp32;
}

// A server that ends, idle, in this very moment is none.
std::unique_ptr<Accelerator> find_served(const std::string& device, const Parameters& parameters,
                                         SkolDevicePrecision precision) {
  try {
    return connect_network_to(device, parameters, precision);
  } catch (const DeviceLost&) {
    return nullptr;
  }
}

RunDevice open_cuda(const PredictionOptions& options, const Parameters& parameters) {
  const std::int32_t index = device_index(options.device);
  const SkolDevicePrecision precision = precision_of(options);
  const std::string name = fmt::format("cuda:{}", index);
  const bool by_server = !options.own_device && !socket_folders().empty();
  if (auto served = by_server ? find_served(name, parameters, precision) : nullptr) {
    return {std::move(served), 0, {}};
  }
  const auto library = DeviceLibrary::find();
  library->info(index);  // a device that is not there needs no server
  std::string notice;
  if (const std::string command = server_command(); by_server && !command.empty()) {
    const std::string why = start_server(command, name);
    if (auto served = find_served(name, parameters, precision)) return {std::move(served), 0, {}};
    if (!why.empty())
      notice = fmt::format("{} without a server, which did not start: {}", name, why);
  }
  const auto device = std::make_shared<LocalDevice>(library, index);
  RunDevice opened = {load_network(device, parameters, precision), 0, std::move(notice)};
  opened.budget_bytes = budget_of(*device, *opened.network, options.executors);
  return opened;
}

}  // namespace

std::int32_t device_index(std::string_view device) {
  std::int32_t index = 0;
  if (device.starts_with(kNumbered)) {
    for (const char digit : device.substr(kNumbered.size())) {
      // Beyond any machine; the device library says so.
      index = std::min(index * 10 + (digit - '0'), 1'000'000);
    }
  }
  return index;
}

std::optional<SkolDeviceInfo> device_info(const PredictionOptions& options) {
  if (options.device == "cpu") return std::nullopt;
  try {
    return DeviceLibrary::find()->info(device_index(options.device));
  } catch (const Error& error) {
    if (options.device == "auto") return std::nullopt;
    fail(ErrorKind::kDevice, "device {}: {}", options.device, error.what());
  }
}

bool is_device_name(std::string_view text) {
  if (text == "cpu" || text == "auto" || text == "cuda") return true;
  return text.starts_with(kNumbered) && text.size() > kNumbered.size() &&
         text.find_first_not_of("0123456789", kNumbered.size()) == std::string_view::npos;
}

RunDevice open_run_device(const PredictionOptions& options, const Parameters& parameters) {
  const std::string& device = options.device;
  if (device == "cpu") return {};
  std::string why;
  try {
    return open_cuda(options, parameters);
  } catch (const std::bad_alloc&) {
    why = "no memory of the device is left for the model";
  } catch (const Error& error) {
    if (device != "auto") fail(ErrorKind::kDevice, "device {}: {}", device, error.what());
    why = error.what();
  }
  try {
    auto served = device == "auto" && !options.own_device
                      ? find_served("cpu", parameters, precision_of(options))
                      : nullptr;
    if (served) return {std::move(served), 0, {}};
  } catch (const std::exception&) {  // `why` is what counts
  }
  return {nullptr, 0, fmt::format("device {}: computing on the CPU: {}", device, why)};
}

}  // namespace skol
