// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "device/accelerator.h"
#include "device/network_description.h"
#include "device/wire_socket.h"
#include "serving/batch_pool.h"

namespace skol {

struct ServerOptions {
  std::size_t most_windows = 1024;  // of a batch of all clients
  std::uint64_t budget_bytes = 0;   // of all networks and batches; 0: what there is
  std::size_t most_clients = 256;
};

struct ServerStatistics {
  std::uint64_t clients = 0, requests = 0, batches = 0, windows = 0;
  std::size_t clients_now = 0, networks_now = 0, reductions = 0;
};

// The one owner of a device, or of the only copy of a model: serves clients of the same user over a
// socket (device/wire.h), with their windows in common batches. A client that dies, or says what
// makes no sense, loses its own work and nobody else's. One thread.
class Server {
 public:
  // Brings a network to where it is computed.
  using Loader = std::function<std::unique_ptr<Accelerator>(const OwnedNetwork&)>;

  // Listens at `path`, whose folder is private; a socket that a dead server left is replaced. Error
  // kDevice: another serves there, or somebody else may enter the folder.
  Server(std::string path, std::string name, Loader loader, const ServerOptions& options);
  // Takes the socket away.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Until stop() says so, asked some ten times a second. DeviceLost: the device is of no use any
  // more, and every client was told.
  void run(const std::function<bool()>& stop);
  ServerStatistics statistics() const;
  bool has_clients() const { return !clients_.empty(); }

 private:
  struct Served;
  struct Client;

  void step();
  void accept_client();
  // False: the client is to go.
  bool hear(Client& client);
  bool take_load(Client& client, ReceivedMessage& received);
  bool take_region(Client& client, ReceivedMessage& received);
  bool take_request(Client& client, const WireMessage& message);
  bool answer(Client& client, WireMessage message, std::int32_t status, const std::string& text);
  void compute(Served& served);
  void tell(const PooledRequest& request, std::int32_t status, const std::string& text);
  void let_go(std::uint64_t client);

  std::string path_, name_;
  Loader loader_;
  ServerOptions options_;
  FileDescriptor lock_, socket_;
  std::uint64_t next_client_ = 1;
  std::map<std::uint64_t, std::unique_ptr<Client>> clients_;
  std::map<std::string, std::weak_ptr<Served>> networks_;  // by digest
  ServerStatistics statistics_;
};

}  // namespace skol
