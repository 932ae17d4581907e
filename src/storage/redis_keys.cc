// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_keys.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/redis_faults.h"

namespace skol {
namespace {

// Tells a model from other strings.
constexpr std::size_t kTellingBytes = 64;

// What STRLEN and GETRANGE say of a key.
StoreEntry entry_of(const std::string& key, const RedisReply& length, RedisReply& start) {
  StoreEntry entry;
  entry.name = key;
  if (length.is_error() || start.is_error()) {
    entry.problem = explain_redis_error(length.is_error() ? length.text : start.text);
    return entry;
  }
  entry.bytes = static_cast<std::uint64_t>(std::max(length.integer, 0LL));
  entry.start = std::move(start.text);
  return entry;
}

// Reads more of those that begin as a model does, in one round trip.
void read_starts(RedisConnection& connection, std::vector<StoreEntry>& entries) {
  const std::string last = std::to_string(StoreEntry::kStartBytes - 1);
  std::vector<StoreEntry*> models;
  std::vector<RedisCommand> commands;
  for (StoreEntry& entry : entries) {
    if (described_bytes(entry.start) == 0) continue;
    models.push_back(&entry);
    commands.push_back({"GETRANGE", entry.name, "0", last});
  }
  if (commands.empty()) return;
  std::vector<RedisReply> replies = connection.ask(commands);
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (!replies[i].is_error()) models[i]->start = std::move(replies[i].text);
  }
}

}  // namespace

std::vector<StoreEntry> look_at_keys(RedisConnection& connection,
                                     std::span<const std::string> keys) {
  const std::string last = std::to_string(kTellingBytes - 1);
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys) {
    commands.push_back({"STRLEN", key});
    commands.push_back({"GETRANGE", key, "0", last});
  }
  std::vector<StoreEntry> entries;
  if (keys.empty()) return entries;
  std::vector<RedisReply> replies = connection.ask(commands);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    StoreEntry entry = entry_of(keys[i], replies[2 * i], replies[2 * i + 1]);
    // Gone since it was named; an empty string is no model either.
    if (entry.bytes == 0 && entry.problem.empty()) continue;
    entries.push_back(std::move(entry));
  }
  read_starts(connection, entries);
  return entries;
}

RedisKeys scan_keys(RedisConnection& connection, std::size_t most_pages) {
  const std::string count = std::to_string(kPageKeys);
  RedisKeys found;
  std::string cursor = "0";
  for (std::size_t page = 0; page < most_pages; ++page) {
    RedisReply reply = connection.ask({"SCAN", cursor, "COUNT", count});
    if (reply.elements.size() != 2) connection.fail("its answer to SCAN is not a cursor and keys");
    cursor = reply.elements[0].text;
    std::vector<std::string> keys;
    for (RedisReply& key : reply.elements[1].elements) keys.push_back(std::move(key.text));
    std::vector<StoreEntry> entries = look_at_keys(connection, keys);
    std::ranges::move(entries, std::back_inserter(found.entries));
    if (cursor == "0") break;
  }
  found.complete = cursor == "0";
  // SCAN may name a key twice, while the server's table grows or shrinks.
  std::ranges::sort(found.entries, {}, &StoreEntry::name);
  const auto twice = std::ranges::unique(found.entries, {}, &StoreEntry::name);
  found.entries.erase(twice.begin(), twice.end());
  return found;
}

}  // namespace skol
