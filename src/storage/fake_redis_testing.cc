// SPDX-License-Identifier: Apache-2.0
#include "storage/fake_redis_testing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace skol {

FakeRedis::FakeRedis(Answer answer) : answer_(std::move(answer)) {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  stop_reading_ = FileDescriptor(ends[0]);
  stop_writing_ = FileDescriptor(ends[1]);
  listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), generic, &size) != 0) {
    throw std::runtime_error("no port to listen at");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

FakeRedis::FakeRedis(std::vector<std::string> replies)
    : FakeRedis([replies = std::move(replies)](std::size_t request) {
        return FakeAnswer{request < replies.size() ? replies[request] : ""};
      }) {}

FakeRedis::~FakeRedis() {
  // One byte that is never read: both waits see it.
  static_cast<void>(!::write(stop_writing_.get(), "x", 1));
  thread_.join();
}

std::string FakeRedis::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

// False when the server is to stop.
bool FakeRedis::wait_to_read(int fd) const {
  std::array<pollfd, 2> waiting = {{{fd, POLLIN, 0}, {stop_reading_.get(), POLLIN, 0}}};
  ::poll(waiting.data(), waiting.size(), -1);
  return waiting[1].revents == 0;
}

void FakeRedis::serve() {
  while (wait_to_read(listener_.get())) {
    const FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) talk(connection.get());
  }
}

void FakeRedis::talk(int connection) {
  std::array<char, 4096> piece;
  for (std::size_t request = 0; wait_to_read(connection); ++request) {
    const ssize_t got = ::recv(connection, piece.data(), piece.size(), 0);
    if (got <= 0) return;
    {
      const std::lock_guard lock(mutex_);
      received_.append(piece.data(), static_cast<std::size_t>(got));
    }
    const FakeAnswer answer = answer_(request);
    if (::send(connection, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL) < 0) return;
    if (answer.then == FakeAnswer::Then::kClose) return;
    if (answer.then == FakeAnswer::Then::kReadNoFurther) {
      pollfd stop = {stop_reading_.get(), POLLIN, 0};
      ::poll(&stop, 1, -1);
      return;
    }
    while (answer.then == FakeAnswer::Then::kDrip) {
      pollfd stop = {stop_reading_.get(), POLLIN, 0};
      if (::poll(&stop, 1, 5) != 0 || ::send(connection, "1", 1, MSG_NOSIGNAL) < 0) return;
    }
  }
}

}  // namespace skol
