// SPDX-License-Identifier: Apache-2.0
#include "device/remote_network.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "device/network_description.h"
#include "device/shared_region.h"
#include "device/wire_socket.h"

namespace skol {
namespace {

// One conversation with the server; one thread at a time.
class Conversation {
 public:
  Conversation(FileDescriptor socket, std::string path, std::chrono::seconds patience)
      : socket_(std::move(socket)), path_(std::move(path)) {
    const timeval limit = {.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    const WireMessage hello = next();
    if (hello.kind != WireKind::kHello) lost();
    if (hello.status != kSkolDeviceOk) {
      fail(ErrorKind::kDevice, "the server at {} refuses: {}", in_quotes(path_), hello.text);
    }
    name_ = hello.text;
  }

  const std::string& name() const { return name_; }

  void send(const WireMessage& message, int file = -1) {
    if (!send_message(socket_, message, file)) lost();
  }

  // The answer to a message of that kind and slot; those to others that come before it are kept.
  WireMessage answer(WireKind kind, std::uint32_t slot) {
    while (true) {
      const auto is_it = [&](const WireMessage& m) { return m.answers == kind && m.slot == slot; };
      const auto found = std::find_if(answers_.begin(), answers_.end(), is_it);
      if (found != answers_.end()) {
        const WireMessage message = *found;
        answers_.erase(found);
        check(message);
        return message;
      }
      answers_.push_back(next());
      if (answers_.back().kind != WireKind::kDone) lost();
    }
  }

 private:
  [[noreturn]] void lost() const {
    throw DeviceLost(fmt::format("the server at {} is gone", in_quotes(path_)));
  }
  WireMessage next() {
    const auto received = receive_message(socket_);
    if (!received) lost();
    return received->message;
  }
  void check(const WireMessage& message) const {
    if (message.status == kSkolDeviceOk) return;
    if (message.status == kSkolDeviceOutOfMemory) throw std::bad_alloc();
    throw DeviceLost(fmt::format("the server at {}: {}", in_quotes(path_), message.text));
  }

  FileDescriptor socket_;
  std::string path_, name_;
  std::vector<WireMessage> answers_;
};

class RemoteQueue final : public AcceleratorQueue {
 public:
  RemoteQueue(std::shared_ptr<Conversation> conversation, std::size_t classes, std::size_t windows,
              std::size_t window_size)
      : conversation_(std::move(conversation)), classes_(classes) {
    constexpr std::uint64_t kEntriesOfLine = 64;  // of text: some 30; more, and it is made larger
    const std::uint64_t rows = windows * window_size;
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
      make_region(slot, rows, kEntriesOfLine * rows, windows, rows * classes_);
    }
  }

  void start(std::size_t slot, const SparseRows& rows,
             std::span<const WindowTask> windows) override {
    const auto number = static_cast<std::uint32_t>(slot);
    std::uint64_t outputs = 0;
    for (const WindowTask& task : windows) outputs += task.lines.length * classes_;
    Slot& at = slots_[slot];
    at.tasks.clear();
    if (windows.empty()) return;
    if (rows.size() > at.rows || rows.entries() > at.entries || windows.size() > at.windows ||
        outputs > at.outputs) {
      make_region(number, std::max<std::uint64_t>(rows.size(), at.rows),
                  std::max<std::uint64_t>(rows.entries(), at.entries),
                  std::max<std::uint64_t>(windows.size(), at.windows),
                  std::max(outputs, at.outputs));
    }
    const RegionLayout layout(at.rows, at.entries, at.windows, at.outputs);
    std::copy_n(rows.offsets.data(), rows.size() + 1, at.region.at<std::uint64_t>(layout.offsets));
    std::copy_n(rows.columns.data(), rows.entries(), at.region.at<std::uint32_t>(layout.columns));
    std::copy_n(rows.values.data(), rows.entries(), at.region.at<float>(layout.values));
    WireWindow* to = at.region.at<WireWindow>(layout.windows_at);
    for (const WindowTask& task : windows) *to++ = {task.lines.first_row, task.lines.length};
    WireMessage message;
    message.kind = WireKind::kPredict;
    message.slot = number;
    message.rows = rows.size();
    message.windows = windows.size();
    conversation_->send(message);
    at.tasks.assign(windows.begin(), windows.end());
  }

  void finish(std::size_t slot) override {
    Slot& at = slots_[slot];
    if (at.tasks.empty()) return;
    const std::vector<WindowTask> tasks = std::exchange(at.tasks, {});
    conversation_->answer(WireKind::kPredict, static_cast<std::uint32_t>(slot));
    const RegionLayout layout(at.rows, at.entries, at.windows, at.outputs);
    const float* from = at.region.at<float>(layout.outputs_at);
    for (const WindowTask& task : tasks) {
      const std::size_t count = task.lines.length * classes_;
      std::copy_n(from, count, task.probabilities);
      from += count;
    }
  }

 private:
  struct Slot {
    SharedRegion region;
    std::uint64_t rows = 0, entries = 0, windows = 0, outputs = 0;
    std::vector<WindowTask> tasks;  // under way
  };

  void make_region(std::uint32_t slot, std::uint64_t rows, std::uint64_t entries,
                   std::uint64_t windows, std::uint64_t outputs) {
    Slot& at = slots_[slot];
    SharedRegion region(RegionLayout(rows, entries, windows, outputs).bytes);
    WireMessage message;
    message.kind = WireKind::kRegion;
    message.slot = slot;
    message.rows = rows;
    message.entries = entries;
    message.windows = windows;
    message.outputs = outputs;
    conversation_->send(message, region.file().get());
    conversation_->answer(WireKind::kRegion, slot);
    at.region = std::move(region);
    at.rows = rows;
    at.entries = entries;
    at.windows = windows;
    at.outputs = outputs;
  }

  std::shared_ptr<Conversation> conversation_;
  std::size_t classes_;
  Slot slots_[kSlots];
};

class RemoteNetwork final : public Accelerator {
 public:
  RemoteNetwork(std::shared_ptr<Conversation> conversation, const Parameters& parameters,
                SkolDevicePrecision precision)
      : conversation_(std::move(conversation)), classes_(parameters.shape().num_classes) {
    NetworkDescription description(parameters, precision);
    const SkolDeviceNetwork& network = description.network();
    SharedRegion weights(OwnedNetwork::floats(network) * sizeof(float));
    description.copy_to(weights.at<float>(0));
    WireMessage message;
    message.kind = WireKind::kLoad;
    message.input_size = network.input_size;
    message.embedding_size = network.embedding_size;
    message.normalized_size = network.normalized_size;
    message.normalization_epsilon = network.normalization_epsilon;
    message.precision = network.precision;
    message.units = network.units;
    message.num_layers = network.num_layers;
    message.num_classes = network.num_classes;
    message.padded_classes = network.padded_classes;
    conversation_->send(message, weights.file().get());
    base_bytes_ = conversation_->answer(WireKind::kLoad, 0).base_bytes;
  }

  std::string name() const override { return conversation_->name(); }
  // The memory is the server's, and so is the budget.
  std::uint64_t free_bytes() const override { return 0; }
  std::uint64_t base_bytes() const override { return base_bytes_; }
  std::uint64_t queue_bytes(std::size_t, std::size_t) const override { return 0; }
  std::unique_ptr<AcceleratorQueue> make_queue(std::size_t windows,
                                               std::size_t window_size) override {
    return std::make_unique<RemoteQueue>(conversation_, classes_, windows, window_size);
  }

 private:
  std::shared_ptr<Conversation> conversation_;
  std::size_t classes_;
  std::uint64_t base_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Accelerator> connect_network(const std::string& path, const Parameters& parameters,
                                             SkolDevicePrecision precision,
                                             std::chrono::seconds patience) {
  FileDescriptor socket = connect_to(path);
  if (!socket) return nullptr;
  return std::make_unique<RemoteNetwork>(
      std::make_shared<Conversation>(std::move(socket), path, patience), parameters, precision);
}

std::unique_ptr<Accelerator> connect_network_to(const std::string& device,
                                                const Parameters& parameters,
                                                SkolDevicePrecision precision) {
  for (const std::string& folder : socket_folders()) {
    if (!is_private_folder(folder, false)) continue;
    auto network = connect_network(socket_path(folder, device), parameters, precision);
    if (network) return network;
  }
  return nullptr;
}

}  // namespace skol
