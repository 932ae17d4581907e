// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"

namespace skol {

struct FakeAnswer {
  enum class Then { kWait, kClose, kDrip, kReadNoFurther };

  std::string bytes;
  Then then = Then::kWait;  // kDrip: one byte more every few milliseconds, for ever
};

// A server on a free port of the loopback that takes one connection after the other and says what
// it is told to.
class FakeRedis {
 public:
  // What to answer to the piece of a connection's requests that came as number `request`.
  using Answer = std::function<FakeAnswer(std::size_t request)>;

  explicit FakeRedis(Answer answer);
  // Answers with these in turn, and then keeps silent.
  explicit FakeRedis(std::vector<std::string> replies);
  ~FakeRedis();

  int port() const { return port_; }
  // All that came so far, of all connections.
  std::string received() const;

 private:
  void serve();
  void talk(int connection);
  bool wait_to_read(int fd) const;

  Answer answer_;
  FileDescriptor listener_, stop_reading_, stop_writing_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::string received_;
  std::thread thread_;
};

}  // namespace skol
