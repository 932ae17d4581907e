// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skol/store.h"
#include "storage/redis_connection.h"
#include "storage/redis_uri.h"

namespace skol {

// Models as strings of one database of a Redis server; a name is the key. Every call has its own
// connection, so that one store may be used from several threads.
class RedisStore final : public ModelStore {
 public:
  RedisStore(RedisAddress address, RedisWait wait, std::chrono::seconds expire,
             bool keep_expiry = false)
      : address_(std::move(address)),
        wait_(std::move(wait)),
        expire_(expire),
        keep_expiry_(keep_expiry) {}

  std::string get(const std::string& name) const override;
  // One SET, with the expiry in it; without one, that of an older value under this key is gone
  // unless it is to be kept (for which the server is Redis 6 or later).
  void put(const std::string& name, std::string_view bytes) override;
  void check_put(const std::string& name) const override;
  // Error of kNotFound where there are more than a million keys.
  std::vector<StoreEntry> list() const override;
  StoreEntry look(const std::string& name) const override;
  bool remove(const std::string& name) override;

 private:
  RedisConnection open(ErrorKind kind, std::string what) const;
  RedisConnection open_for_reading(const std::string& name) const;
  RedisConnection open_for_writing(const std::string& name) const;
  RedisCommand set_command(const std::string& name, std::string_view bytes,
                           const std::string& expire) const;
  [[noreturn]] void fail_as_absent(RedisConnection& connection, const std::string& name) const;

  RedisAddress address_;
  RedisWait wait_;
  std::chrono::seconds expire_;
  bool keep_expiry_;
};

}  // namespace skol
