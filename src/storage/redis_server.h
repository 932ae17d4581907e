// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "storage/redis_connection.h"

namespace skol {

struct RedisServer {
  std::string endpoint;  // "host:port"
  std::string version;   // "7.0.15"; empty where the server keeps it to itself
};

// The server at `uri`, redis://[user[:password]@]host[:port][/DB], as a store would use it. Error
// of kStorage where it cannot be used, of kParameter for what is no address; no message repeats a
// password.
RedisServer look_at_redis(const std::string& uri, const RedisWait& wait);

}  // namespace skol
