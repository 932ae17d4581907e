// SPDX-License-Identifier: Apache-2.0
#include "serving/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <new>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "device/shared_region.h"

namespace skol {
namespace {

// How long a step waits for a message where there is nothing to compute.
constexpr int kPollMilliseconds = 100;

std::string digest_of(const SkolDeviceNetwork& sizes, std::span<const float> values) {
  const XXH128_hash_t hash = XXH3_128bits(values.data(), values.size_bytes());
  return fmt::format("{} {} {} {} {} {} {} {} {} {:x} {:x}", sizes.precision, sizes.input_size,
                     sizes.embedding_size, sizes.normalized_size, sizes.normalization_epsilon,
                     sizes.units, sizes.num_layers, sizes.num_classes, sizes.padded_classes,
                     hash.high64, hash.low64);
}

// Listens at a path in a private folder, whoever was there before.
FileDescriptor listen_at(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    fail(ErrorKind::kParameter, "the path of the socket {} is longer than {} characters",
         in_quotes(path), sizeof(address.sun_path) - 1);
  }
  path.copy(address.sun_path, path.size());
  ::unlink(path.c_str());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  constexpr int kBacklog = 64;
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    fail(ErrorKind::kDevice, "cannot listen at {}: {}", in_quotes(path),
         std::generic_category().message(errno));
  }
  return socket;
}

}  // namespace

// A network that clients share.
struct Server::Served {
  Served(std::unique_ptr<Accelerator> network, const SkolDeviceNetwork& sizes_of,
         const ServerOptions& options)
      : sizes(sizes_of), pool(std::move(network), options.most_windows, options.budget_bytes) {}

  SkolDeviceNetwork sizes;
  BatchPool pool;
};

struct Server::Client {
  struct Slot {
    std::shared_ptr<const SharedRegion> region;
    std::uint64_t rows = 0, entries = 0, windows = 0, outputs = 0;
    bool busy = false;
  };

  std::uint64_t number = 0;
  FileDescriptor socket;
  std::shared_ptr<Served> network;
  Slot slots[AcceleratorQueue::kSlots];
};

Server::Server(std::string path, std::string name, Loader loader, const ServerOptions& options)
    : path_(std::move(path)),
      name_(std::move(name)),
      loader_(std::move(loader)),
      options_(options) {
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  if (!is_private_folder(folder, true)) {
    fail(ErrorKind::kDevice,
         "the folder {} of the socket is not there or not this user's alone: expected mode 0700",
         in_quotes(folder));
  }
  // Held as long as this process lives, so that what a dead server left is known from what a
  // living one has.
  lock_ = FileDescriptor(
      ::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock_ || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    fail(ErrorKind::kDevice, "another server is running at {}: clients find it by themselves",
         in_quotes(path_));
  }
  socket_ = listen_at(path_);
}

Server::~Server() {
  ::unlink(path_.c_str());
}

ServerStatistics Server::statistics() const {
  ServerStatistics out = statistics_;
  out.clients_now = clients_.size();
  for (const auto& [digest, network] : networks_) {
    const auto served = network.lock();
    if (!served) continue;
    ++out.networks_now;
    out.reductions += served->pool.reductions();
  }
  return out;
}

void Server::run(const std::function<bool()>& stop) {
  while (!stop()) step();
}

// Hears whoever has something to say, then computes one batch of each network.
void Server::step() {
  bool work = false;
  std::vector<pollfd> polled = {{socket_.get(), POLLIN, 0}};
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, client] : clients_) {
    polled.push_back({client->socket.get(), POLLIN, 0});
    numbers.push_back(number);
    work = work || (client->network &&
                    (client->network->pool.can_start() || client->network->pool.is_running()));
  }
  if (::poll(polled.data(), polled.size(), work ? 0 : kPollMilliseconds) > 0) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (polled[i + 1].revents != 0 && !hear(*clients_.at(numbers[i]))) let_go(numbers[i]);
    }
    if (polled[0].revents != 0) accept_client();
  }
  std::erase_if(networks_, [](const auto& entry) { return entry.second.expired(); });
  for (const auto& [digest, network] : networks_) {
    if (const auto served = network.lock()) compute(*served);
  }
}

void Server::accept_client() {
  auto client = std::make_unique<Client>();
  client->socket = FileDescriptor(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!client->socket || !is_own_peer(client->socket)) return;
  WireMessage hello;
  set_text(hello, name_);
  if (clients_.size() >= options_.most_clients) {
    hello.status = kSkolDeviceUnsupported;
    set_text(hello, fmt::format("it has {} clients already", clients_.size()));
    send_message(client->socket, hello);
    return;
  }
  if (!send_message(client->socket, hello)) return;
  client->number = next_client_++;
  ++statistics_.clients;
  clients_.emplace(client->number, std::move(client));
}

bool Server::hear(Client& client) {
  std::optional<ReceivedMessage> received = receive_message(client.socket);
  if (!received || received->message.slot >= AcceleratorQueue::kSlots) return false;
  try {
    switch (received->message.kind) {
      case WireKind::kLoad:
        return take_load(client, *received);
      case WireKind::kRegion:
        return take_region(client, *received);
      case WireKind::kPredict:
        return take_request(client, received->message);
      case WireKind::kHello:
      case WireKind::kDone:
        return false;
    }
  } catch (const std::bad_alloc&) {
    return answer(client, received->message, kSkolDeviceOutOfMemory, "no memory");
  } catch (const DeviceLost&) {
    throw;
  } catch (const Error& error) {
    return answer(client, received->message, kSkolDeviceUnsupported, error.what());
  }
  return false;
}

bool Server::take_load(Client& client, ReceivedMessage& received) {
  WireMessage& message = received.message;
  SkolDeviceNetwork sizes = {};
  sizes.input_size = message.input_size;
  sizes.embedding_size = message.embedding_size;
  sizes.normalized_size = message.normalized_size;
  sizes.normalization_epsilon = message.normalization_epsilon;
  sizes.precision = message.precision;
  sizes.units = message.units;
  sizes.num_layers = message.num_layers;
  sizes.num_classes = message.num_classes;
  sizes.padded_classes = message.padded_classes;
  const std::uint64_t floats = OwnedNetwork::floats(sizes);
  if (floats == 0 || client.network) return false;
  const SharedRegion weights(std::move(received.file), floats * sizeof(float));
  const float* const values = weights.at<float>(0);
  // A copy, which the client can no longer change.
  const OwnedNetwork network(sizes, {values, values + floats});
  const std::string digest = digest_of(sizes, network.values());
  client.network = networks_[digest].lock();
  if (!client.network) {
    client.network = std::make_shared<Served>(loader_(network), sizes, options_);
    networks_[digest] = client.network;
  }
  message.base_bytes = client.network->pool.network().base_bytes();
  return answer(client, message, kSkolDeviceOk, "");
}

bool Server::take_region(Client& client, ReceivedMessage& received) {
  const WireMessage& message = received.message;
  const RegionLayout layout(message.rows, message.entries, message.windows, message.outputs);
  Client::Slot& slot = client.slots[message.slot];
  if (layout.bytes == 0 || slot.busy) return false;
  slot.region = std::make_shared<const SharedRegion>(std::move(received.file), layout.bytes);
  slot.rows = message.rows;
  slot.entries = message.entries;
  slot.windows = message.windows;
  slot.outputs = message.outputs;
  return answer(client, message, kSkolDeviceOk, "");
}

// What lies in shared memory may change while it is read: it is copied first, then checked.
bool Server::take_request(Client& client, const WireMessage& message) {
  Client::Slot& slot = client.slots[message.slot];
  if (!client.network || !slot.region || slot.busy || message.rows > slot.rows ||
      message.windows > slot.windows || message.windows == 0) {
    return false;
  }
  const RegionLayout layout(slot.rows, slot.entries, slot.windows, slot.outputs);
  auto request = std::make_shared<PooledRequest>();
  SparseRows& rows = request->rows;
  const auto* const offsets = slot.region->at<std::uint64_t>(layout.offsets);
  rows.offsets.assign(offsets, offsets + message.rows + 1);
  if (rows.offsets[0] != 0 || !std::is_sorted(rows.offsets.begin(), rows.offsets.end()) ||
      rows.offsets.back() > slot.entries) {
    return false;
  }
  const auto* const columns = slot.region->at<std::uint32_t>(layout.columns);
  const auto* const values = slot.region->at<float>(layout.values);
  rows.columns.assign(columns, columns + rows.offsets.back());
  rows.values.assign(values, values + rows.offsets.back());
  const std::uint64_t width = client.network->sizes.input_size;
  if (std::any_of(rows.columns.begin(), rows.columns.end(),
                  [&](std::uint32_t column) { return column >= width; })) {
    return false;
  }
  const auto* const windows = slot.region->at<WireWindow>(layout.windows_at);
  std::uint64_t outputs = 0;
  for (std::uint64_t w = 0; w < message.windows; ++w) {
    const WireWindow window = windows[w];
    if (window.length == 0 || window.length > message.rows ||
        window.first_row > message.rows - window.length) {
      return false;
    }
    request->windows.push_back({window.first_row, window.length});
    request->outputs.push_back(slot.region->at<float>(layout.outputs_at) + outputs);
    outputs += window.length * client.network->sizes.num_classes;
    if (outputs > slot.outputs) return false;
  }
  request->client = client.number;
  request->slot = message.slot;
  request->region = slot.region;
  request->left = request->windows.size();
  slot.busy = true;
  ++statistics_.requests;
  client.network->pool.add(std::move(request));
  return true;
}

bool Server::answer(Client& client, WireMessage message, std::int32_t status,
                    const std::string& text) {
  message.answers = message.kind;
  message.kind = WireKind::kDone;
  message.status = status;
  set_text(message, text);
  return send_message(client.socket, message);
}

void Server::compute(Served& served) {
  BatchPool& pool = served.pool;
  const std::uint64_t batches = pool.batches(), windows = pool.windows();
  try {
    if (pool.can_start() && pool.start()) {
      statistics_.batches += pool.batches() - batches;
      statistics_.windows += pool.windows() - windows;
      // What came meanwhile may make up the next batch while this one is computed.
      if (pool.can_start()) return;
    }
    if (!pool.is_running()) return;
    for (const auto& request : pool.finish()) tell(*request, kSkolDeviceOk, "");
  } catch (const std::bad_alloc&) {
    for (const auto& request : pool.give_up()) tell(*request, kSkolDeviceOutOfMemory, "no memory");
  } catch (const DeviceLost& lost) {
    for (const auto& [number, client] : clients_) {
      answer(*client, WireMessage{.kind = WireKind::kPredict}, kSkolDeviceLost, lost.what());
    }
    throw;
  }
}

void Server::tell(const PooledRequest& request, std::int32_t status, const std::string& text) {
  const auto client = clients_.find(request.client);
  if (client == clients_.end()) return;
  client->second->slots[request.slot].busy = false;
  WireMessage message;
  message.kind = WireKind::kPredict;
  message.slot = request.slot;
  if (!answer(*client->second, message, status, text)) let_go(request.client);
}

void Server::let_go(std::uint64_t client) {
  const auto found = clients_.find(client);
  if (found == clients_.end()) return;
  if (found->second->network) found->second->network->pool.drop(client);
  clients_.erase(found);
}

}  // namespace skol
