// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "skol/error.h"
#include "storage/redis_reply.h"
#include "storage/redis_uri.h"

struct redisContext;

namespace skol {

// The longest string of a Redis server, as it is set up (proto-max-bulk-len).
inline constexpr std::size_t kMaxRedisValue = std::size_t{512} << 20;

// What a connection is wanted for: the kind of its errors, and how they begin.
struct RedisTask {
  ErrorKind kind = ErrorKind::kStorage;
  std::string what;  // "cannot read the model 'x'"
};

struct RedisWait {
  // A host that does not answer at all is given up after this, a server that stops talking too. A
  // server that saves a large database to disk may be silent for a second or two.
  std::chrono::milliseconds timeout{10'000};
  std::function<void()> waiting;  // see StoreOptions
};

// A command: its name and its arguments, which may hold any bytes.
using RedisCommand = std::vector<std::string_view>;

// A connection to one server, for one thread. Any fault of the network or the protocol is an Error
// that names the task, host and port, and what to do.
class RedisConnection {
 public:
  // Connects, gives user and password where there are any, and selects the database.
  RedisConnection(const RedisAddress& address, RedisWait wait, RedisTask task);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Sends the commands in one go and gives their replies, in order: one round trip. A reply may be
  // an error of the server; fail_with() tells it.
  std::vector<RedisReply> ask(std::span<const RedisCommand> commands);
  // One command, whose reply is none of the server's errors.
  RedisReply ask(const RedisCommand& command);

  // "TASK at Redis HOST:PORT, database N: reason".
  [[noreturn]] void fail(const std::string& reason) const;
  // The same for an error of the server, and what to do about it.
  [[noreturn]] void fail_with(const RedisReply& error) const;

 private:
  struct Deadline;

  void connect();
  void authenticate();
  // POLLIN among the events: no reply is due before all is sent.
  void send(std::string_view bytes, short events);
  RedisReply receive();
  short wait_for(short events, Deadline& deadline) const;
  void read_more(Deadline& deadline);
  [[noreturn]] void fail_as_silent() const;
  [[noreturn]] void fail_as_refused(const std::string& otherwise);

  RedisAddress address_;
  RedisWait wait_;
  RedisTask task_;
  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
  RedisReader reader_;
};

}  // namespace skol
