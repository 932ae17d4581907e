// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "skol/store.h"
#include "storage/redis_connection.h"

namespace skol {

// Pages of keys that are looked through for a list, each at least kPageKeys keys or the last.
inline constexpr std::size_t kMostPages = 1'000;
inline constexpr std::size_t kPageKeys = 1'000;

struct RedisKeys {
  std::vector<StoreEntry> entries;  // by name; what is no string has a problem
  bool complete = true;             // false: there were more pages
};

// Looks through at most `most_pages` pages of the database: three round trips a page.
RedisKeys scan_keys(RedisConnection& connection, std::size_t most_pages);

// What is under each of these keys, in two round trips; keys that hold nothing are left out.
std::vector<StoreEntry> look_at_keys(RedisConnection& connection,
                                     std::span<const std::string> keys);

}  // namespace skol
