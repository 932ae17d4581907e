// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_connection.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "base/fail.h"
#include "storage/redis_faults.h"

namespace skol {
namespace {

using Clock = std::chrono::steady_clock;

// How often the caller is asked, while nothing moves, whether to go on.
constexpr std::chrono::milliseconds kWaitStep{100};
// The time allowed begins anew only with so many bytes more, or a server that sends a byte now and
// then would never be given up.
constexpr std::size_t kProgressBytes = std::size_t{16} << 10;
constexpr std::size_t kReadBytes = std::size_t{64} << 10;
// Beside the value itself: its announcement, and what follows it.
constexpr std::size_t kMaxReplyBytes = kMaxRedisValue + kReadBytes;

// A command as it is sent; its value may be large, so it is not copied again.
class Formatted {
 public:
  explicit Formatted(const RedisCommand& command);
  std::string_view view() const { return {text_.get(), size_}; }

 private:
  std::unique_ptr<char, void (*)(char*)> text_{nullptr, redisFreeCommand};
  std::size_t size_ = 0;
};

Formatted::Formatted(const RedisCommand& command) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const std::string_view part : command) {
    parts.push_back(part.data() == nullptr ? "" : part.data());
    sizes.push_back(part.size());
  }
  char* text = nullptr;
  const int size =
      redisFormatCommandArgv(&text, static_cast<int>(parts.size()), parts.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  text_.reset(text);
  size_ = static_cast<std::size_t>(size);
}

timeval as_timeval(std::chrono::milliseconds time) {
  timeval out = {};
  out.tv_sec = time.count() / 1000;
  out.tv_usec = time.count() % 1000 * 1000;
  return out;
}

}  // namespace

struct RedisConnection::Deadline {
  explicit Deadline(std::chrono::milliseconds allowed)
      : timeout(allowed), at(Clock::now() + allowed) {}

  void moved(std::size_t bytes) {
    progress += bytes;
    if (progress < kProgressBytes) return;
    progress = 0;
    at = Clock::now() + timeout;
  }

  std::chrono::milliseconds timeout;
  Clock::time_point at;
  std::size_t progress = 0;
};

RedisConnection::RedisConnection(const RedisAddress& address, RedisWait wait, RedisTask task)
    : address_(address),
      wait_(std::move(wait)),
      task_(std::move(task)),
      context_(nullptr, redisFree) {
  connect();
  authenticate();
  if (address_.database != 0) ask({"SELECT", std::to_string(address_.database)});
}

RedisConnection::~RedisConnection() = default;

void RedisConnection::connect() {
  context_.reset(
      redisConnectWithTimeout(address_.host.c_str(), address_.port, as_timeval(wait_.timeout)));
  if (!context_) throw std::bad_alloc();
  if (context_->err == 0) return;
  // A signal ends hiredis' wait: the caller may want to end as well.
  if (wait_.waiting) wait_.waiting();
  fail(explain_no_connection(context_->errstr, context_->err == REDIS_ERR_OTHER));
}

void RedisConnection::authenticate() {
  const bool has_password = address_.password && !address_.password->empty();
  if (!has_password && address_.user.empty()) return;
  const std::string password = address_.password.value_or("");
  RedisCommand command = {"AUTH"};
  if (!address_.user.empty()) command.push_back(address_.user);
  command.push_back(password);
  const RedisReply reply = std::move(ask(std::span(&command, 1)).front());
  // A server that does not know AUTH repeats its arguments.
  if (reply.is_error()) fail(explain_redis_error(reply.text, password));
}

std::vector<RedisReply> RedisConnection::ask(std::span<const RedisCommand> commands) {
  if (commands.size() == 1) {
    send(Formatted(commands[0]).view(), POLLIN | POLLOUT);
  } else {
    std::string bytes;
    for (const RedisCommand& command : commands) bytes += Formatted(command).view();
    send(bytes, POLLOUT);
  }
  std::vector<RedisReply> replies;
  replies.reserve(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) replies.push_back(receive());
  return replies;
}

RedisReply RedisConnection::ask(const RedisCommand& command) {
  RedisReply reply = std::move(ask(std::span(&command, 1)).front());
  if (reply.is_error()) fail_with(reply);
  return reply;
}

void RedisConnection::send(std::string_view bytes, short events) {
  Deadline deadline(wait_.timeout);
  while (!bytes.empty()) {
    const short ready = wait_for(events, deadline);
    if (ready == 0) fail_as_silent();
    if ((ready & POLLIN) != 0) fail_as_refused("it answered before all was sent");
    const ssize_t sent =
        ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      deadline.moved(static_cast<std::size_t>(sent));
    } else if (errno != EINTR && errno != EAGAIN) {
      fail_as_refused(fmt::format("the connection broke while sending ({})",
                                  std::generic_category().message(errno)));
    }
  }
}

// A server that refuses a command while it comes says why, closes or reads no further.
void RedisConnection::fail_as_refused(const std::string& otherwise) {
  const RedisReply reply = receive();
  if (reply.is_error()) fail_with(reply);
  fail(otherwise + "; run again");
}

RedisReply RedisConnection::receive() {
  Deadline deadline(wait_.timeout);
  while (true) {
    try {
      if (std::optional<RedisReply> reply = reader_.next()) return std::move(*reply);
    } catch (const Error& error) {
      fail(error.what());
    }
    if (reader_.bytes_waiting() > kMaxReplyBytes) {
      fail(fmt::format("its reply has more than {} bytes, which no model has", kMaxRedisValue));
    }
    read_more(deadline);
  }
}

void RedisConnection::read_more(Deadline& deadline) {
  if (wait_for(POLLIN, deadline) == 0) fail_as_silent();
  std::array<char, kReadBytes> piece;
  const ssize_t got = ::recv(context_->fd, piece.data(), piece.size(), MSG_DONTWAIT);
  if (got > 0) {
    reader_.feed({piece.data(), static_cast<std::size_t>(got)});
    deadline.moved(static_cast<std::size_t>(got));
    return;
  }
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  const std::string how =
      got == 0 ? "closed the connection" : std::generic_category().message(errno);
  fail(fmt::format("{} after {} bytes of its reply; nothing was used of them, run again", how,
                   reader_.bytes_waiting()));
}

// What the socket is ready for (or broken, which the next call tells); 0: not before the deadline.
short RedisConnection::wait_for(short events, Deadline& deadline) const {
  while (Clock::now() < deadline.at) {
    if (wait_.waiting) wait_.waiting();
    struct pollfd socket = {context_->fd, events, 0};
    if (::poll(&socket, 1, static_cast<int>(kWaitStep.count())) > 0) return socket.revents;
  }
  return 0;
}

void RedisConnection::fail_as_silent() const {
  fail(
      fmt::format("no answer for {:g} s, {} bytes of a reply came; is it Redis, is it overloaded? "
                  "(SKOL_REDIS_TIMEOUT=SECONDS waits longer)",
                  std::chrono::duration<double>(wait_.timeout).count(), reader_.bytes_waiting()));
}

void RedisConnection::fail(const std::string& reason) const {
  skol::fail(task_.kind, "{} in Redis at {}, database {}: {}", task_.what, address_.endpoint(),
             address_.database, reason);
}

void RedisConnection::fail_with(const RedisReply& error) const {
  fail(explain_redis_error(error.text));
}

}  // namespace skol
