// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "storage/redis_keys.h"

namespace skol {
namespace {

// What is looked through for names near to one that is not there: a moment's work for any server.
constexpr std::size_t kHintPages = 10;
constexpr std::size_t kMostHints = 3;

// The nearest first, each in quotes.
std::vector<std::string> near_names(const std::string& name,
                                    const std::vector<StoreEntry>& entries) {
  std::vector<std::string_view> left;
  for (const StoreEntry& entry : entries) {
    if (described_bytes(entry.start) > 0) left.push_back(entry.name);
  }
  std::vector<std::string> near;
  while (near.size() < kMostHints && !left.empty()) {
    const std::string_view nearest = nearest_name(name, left);
    near.push_back(in_quotes(nearest));
    std::erase(left, nearest);
  }
  return near;
}

}  // namespace

RedisConnection RedisStore::open(ErrorKind kind, std::string what) const {
  return RedisConnection(address_, wait_, {kind, std::move(what)});
}

RedisConnection RedisStore::open_for_reading(const std::string& name) const {
  return open(ErrorKind::kNotFound, fmt::format("cannot read the model {}", in_quotes(name)));
}

RedisConnection RedisStore::open_for_writing(const std::string& name) const {
  return open(ErrorKind::kStorage, fmt::format("cannot save the model {}", in_quotes(name)));
}

std::string RedisStore::get(const std::string& name) const {
  RedisConnection connection = open_for_reading(name);
  RedisReply reply = connection.ask({"GET", name});
  if (reply.type == RedisReply::Type::kNil) fail_as_absent(connection, name);
  if (reply.type != RedisReply::Type::kString) {
    connection.fail("its answer to GET is not a string; is it Redis?");
  }
  return std::move(reply.text);
}

RedisCommand RedisStore::set_command(const std::string& name, std::string_view bytes,
                                     const std::string& expire) const {
  if (keep_expiry_) return {"SET", name, bytes, "KEEPTTL"};
  if (expire_.count() == 0) return {"SET", name, bytes};
  return {"SET", name, bytes, "EX", expire};
}

void RedisStore::put(const std::string& name, std::string_view bytes) {
  if (bytes.size() > kMaxRedisValue) {
    fail(ErrorKind::kStorage,
         "cannot save the model {} in Redis at {}, database {}: it has {} bytes, and a value of "
         "Redis at most {}; keep it in a file",
         in_quotes(name), address_.endpoint(), address_.database, bytes.size(), kMaxRedisValue);
  }
  RedisConnection connection = open_for_writing(name);
  const std::string expire = std::to_string(expire_.count());
  const RedisReply reply = connection.ask(set_command(name, bytes, expire));
  if (reply.text != "OK") connection.fail("its answer to SET is not OK; is it Redis?");
}

void RedisStore::check_put(const std::string& name) const {
  RedisConnection connection = open_for_writing(name);
  const std::string expire = std::to_string(expire_.count());
  // A transaction that is given up: when it is queued, the server says whether it would take the
  // command. Not before the transaction is known to be open, or an empty value would be written.
  const RedisCommand begin[] = {{"MULTI"}};
  const RedisReply begun = std::move(connection.ask(begin).front());
  // A user who may not open a transaction may yet be allowed to write: nothing can be said.
  if (begun.is_error() && begun.text.starts_with("NOPERM")) return;
  if (begun.text != "OK") connection.fail_with(begun);
  connection.ask(set_command(name, "", expire));
  connection.ask({"DISCARD"});
}

std::vector<StoreEntry> RedisStore::list() const {
  RedisConnection connection = open(ErrorKind::kNotFound, "cannot list the models");
  RedisKeys keys = scan_keys(connection, kMostPages);
  if (!keys.complete) {
    connection.fail(fmt::format("it has more than {} keys; keep models in a database of their own",
                                kMostPages * kPageKeys));
  }
  return std::move(keys.entries);
}

StoreEntry RedisStore::look(const std::string& name) const {
  RedisConnection connection = open_for_reading(name);
  std::vector<StoreEntry> found = look_at_keys(connection, std::span(&name, 1));
  if (found.empty()) fail_as_absent(connection, name);
  if (!found[0].problem.empty()) connection.fail(found[0].problem);
  return std::move(found[0]);
}

bool RedisStore::remove(const std::string& name) {
  RedisConnection connection =
      open(ErrorKind::kStorage, fmt::format("cannot remove the model {}", in_quotes(name)));
  return connection.ask({"DEL", name}).integer > 0;
}

void RedisStore::fail_as_absent(RedisConnection& connection, const std::string& name) const {
  std::vector<std::string> near;
  try {
    near = near_names(name, scan_keys(connection, kHintPages).entries);
  } catch (const Error&) {
    // The key is not there, hint or no hint: a user of the server may be forbidden to list keys.
    connection.fail("there is no such key; check the name");
  }
  if (near.empty()) connection.fail("there is no such key, and no model was found under another");
  connection.fail(fmt::format("there is no such key; near are {}", fmt::join(near, ", ")));
}

}  // namespace skol
