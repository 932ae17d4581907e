// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_server.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace skol {
namespace {

// The value of "redis_version:7.0.15" among the lines of INFO, without what is not fit to print.
std::string version_in(std::string_view info) {
  constexpr std::string_view kKey = "redis_version:";
  constexpr std::size_t kLongest = 32;
  const std::size_t begin = info.find(kKey);
  if (begin == info.npos) return "";
  info.remove_prefix(begin + kKey.size());
  const auto is_part = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  const auto end = std::find_if_not(info.begin(), info.end(), is_part);
  return std::string(info.begin(), end).substr(0, kLongest);
}

}  // namespace

RedisServer look_at_redis(const std::string& uri, const RedisWait& wait) {
  RedisAddress address = parse_redis_uri(uri).address;
  add_login_of_environment(address);
  RedisConnection connection(address, wait, {ErrorKind::kStorage, "cannot look"});
  const std::vector<RedisCommand> commands = {{"PING"}, {"INFO", "server"}};
  const std::vector<RedisReply> replies = connection.ask(commands);
  if (replies[0].is_error()) connection.fail_with(replies[0]);
  return {address.endpoint(), version_in(replies[1].is_error() ? "" : replies[1].text)};
}

}  // namespace skol
