// SPDX-License-Identifier: Apache-2.0
#include "device/local_device.h"

#include <utility>
#include <vector>

#include "base/fail.h"
#include "device/network_description.h"

namespace skol {
namespace {

class LocalQueue final : public AcceleratorQueue {
 public:
  LocalQueue(const LocalDevice& device, SkolDeviceModel* model, std::size_t windows,
             std::size_t window_size)
      : library_(device.library()) {
    library_.check(library_.api().reserve(model, windows, window_size, &workspace_),
                   "making room for a batch");
  }
  ~LocalQueue() override { library_.api().release(workspace_); }
  LocalQueue(const LocalQueue&) = delete;
  LocalQueue& operator=(const LocalQueue&) = delete;

  void start(std::size_t slot, const SparseRows& rows,
             std::span<const WindowTask> windows) override {
    windows_.clear();
    for (const WindowTask& task : windows) {
      windows_.push_back({task.lines.first_row, task.lines.length, task.probabilities});
    }
    const SkolDeviceBatch batch = {rows.size(),        rows.offsets.data(), rows.columns.data(),
                                   rows.values.data(), windows_.size(),     windows_.data()};
    library_.check(library_.api().start(workspace_, static_cast<std::int32_t>(slot), &batch),
                   "predicting");
  }
  void finish(std::size_t slot) override {
    library_.check(library_.api().finish(workspace_, static_cast<std::int32_t>(slot)),
                   "predicting");
  }

 private:
  const DeviceLibrary& library_;
  SkolDeviceWorkspace* workspace_ = nullptr;
  std::vector<SkolDeviceWindow> windows_;
};

class LocalNetwork final : public Accelerator {
 public:
  LocalNetwork(std::shared_ptr<LocalDevice> device, const SkolDeviceNetwork& network)
      : device_(std::move(device)), sizes_(network) {
    const DeviceLibrary& library = device_->library();
    library.check(library.api().load(device_->context(), &network, &model_), "loading the model");
    weights_bytes_ = library.api().model_bytes(&network);
  }
  ~LocalNetwork() override { device_->library().api().unload(model_); }
  LocalNetwork(const LocalNetwork&) = delete;
  LocalNetwork& operator=(const LocalNetwork&) = delete;

  std::string name() const override { return device_->name(); }
  std::uint64_t free_bytes() const override { return device_->free_bytes(); }
  std::uint64_t base_bytes() const override { return device_->context_bytes() + weights_bytes_; }
  std::uint64_t queue_bytes(std::size_t windows, std::size_t window_size) const override {
    return device_->library().api().workspace_bytes(&sizes_, windows, window_size);
  }
  std::unique_ptr<AcceleratorQueue> make_queue(std::size_t windows,
                                               std::size_t window_size) override {
    return std::make_unique<LocalQueue>(*device_, model_, windows, window_size);
  }

 private:
  std::shared_ptr<LocalDevice> device_;
  SkolDeviceNetwork sizes_;  // of it; its pointers lead nowhere
  SkolDeviceModel* model_ = nullptr;
  std::uint64_t weights_bytes_ = 0;
};

}  // namespace

LocalDevice::LocalDevice(std::shared_ptr<const DeviceLibrary> library, std::int32_t index)
    : library_(std::move(library)) {
  const SkolDeviceInfo info = library_->info(index);
  name_ = fmt::format("cuda:{} {}", index, info.name);
  SkolDeviceContext* context = nullptr;
  library_->check(library_->api().open(index, &context), "opening the device");
  context_ = {context, Close{library_.get()}};
  const std::uint64_t left = free_bytes();
  context_bytes_ = info.free_bytes > left ? info.free_bytes - left : 0;
}

std::uint64_t LocalDevice::free_bytes() const {
  std::uint64_t free = 0, total = 0;
  library_->check(library_->api().memory(context_.get(), &free, &total), "asking for free memory");
  return free;
}

std::uint64_t LocalDevice::total_bytes() const {
  std::uint64_t free = 0, total = 0;
  library_->check(library_->api().memory(context_.get(), &free, &total), "asking for its memory");
  return total;
}

std::unique_ptr<Accelerator> load_network(std::shared_ptr<LocalDevice> device,
                                          const Parameters& parameters,
                                          SkolDevicePrecision precision) {
  return load_network(std::move(device), NetworkDescription(parameters, precision).network());
}

std::unique_ptr<Accelerator> load_network(std::shared_ptr<LocalDevice> device,
                                          const SkolDeviceNetwork& network) {
  return std::make_unique<LocalNetwork>(std::move(device), network);
}

}  // namespace skol
