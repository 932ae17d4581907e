// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skol {

// A database of a Redis server, and who asks for it.
struct RedisAddress {
  std::string host;
  int port = 6379;
  int database = 0;
  std::string user;  // empty: the server's default user
  std::optional<std::string> password;

  // "host:port", an IPv6 address in brackets.
  std::string endpoint() const;
};

struct RedisUri {
  RedisAddress address;
  std::string store;  // the part before the key, as it was written: it may hold a password
  std::string key;    // decoded; empty: none was given
};

// redis:// or rediss://, whatever follows.
bool is_redis_uri(std::string_view uri);

// redis://[user[:password]@]host[:port][/DB[/KEY]], or redis:///DB/KEY for the host and port that
// REDIS_HOST and REDIS_PORT of the environment name. Everything after DB/ is the key, slashes,
// colons and question marks too; in user, password and key %XX is a byte. Error of kParameter for
// anything else, of kStorage for rediss:// or REDIS_TLS; no message repeats the password.
RedisUri parse_redis_uri(std::string_view uri);

// Where the address has no password, REDIS_PASSWORD of the environment is one, and REDIS_USERNAME
// the user that goes with it where the address has none.
void add_login_of_environment(RedisAddress& address);

}  // namespace skol
