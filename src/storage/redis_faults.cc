// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_faults.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "base/in_quotes.h"

namespace skol {
namespace {

struct Fault {
  std::string_view start;  // of the server's words: its code, or a sentence without one
  std::string_view meaning;
};

// Redis 7.0's errors, and where they differ those of 5 and 6.
constexpr Fault kFaults[] = {
    {"NOAUTH", "the server wants a password; give it in the address or in REDIS_PASSWORD"},
    {"WRONGPASS", "the server refuses this user or password; check address and REDIS_PASSWORD"},
    {"ERR invalid password", "the server refuses this password; check address and REDIS_PASSWORD"},
    {"ERR AUTH <password> called without",
     "the server has no password; leave it out of the address and unset REDIS_PASSWORD"},
    {"ERR Client sent AUTH",
     "the server has no password; leave it out of the address and unset REDIS_PASSWORD"},
    {"READONLY", "the server is a read-only replica; give the address of its primary"},
    {"OOM", "the server's memory is full (its maxmemory); remove models there, or give it more"},
    {"WRONGTYPE", "the key holds no string, so no model; choose another key"},
    {"LOADING", "the server is still loading its data; run again in a while"},
    {"ERR DB index is out of range", "the server has no database of this number"},
    {"ERR Protocol error: invalid bulk length",
     "the value is longer than the server takes (its proto-max-bulk-len)"},
};

// Those whose words hold what matters: a command, another server.
constexpr Fault kQuotedFaults[] = {
    {"NOPERM", "the user may not do this; have it allowed by ACL SETUSER, or use another user"},
    {"MOVED", "another server of the cluster keeps this key; give its address"},
    {"ASK", "another server of the cluster keeps this key; give its address"},
    {"MISCONF", "the server cannot save to its disk and so changes nothing; see its log"},
};

constexpr std::size_t kLongestQuotation = 160;

}  // namespace

std::string explain_redis_error(std::string_view error, std::string_view secret) {
  for (const Fault& fault : kFaults) {
    if (error.starts_with(fault.start)) return std::string(fault.meaning);
  }
  const std::size_t at = secret.empty() ? error.npos : error.find(secret);
  const std::string shown =
      at == error.npos ? std::string(error) : fmt::format("{}***", error.substr(0, at));
  const std::string quoted = in_quotes(shown, kLongestQuotation);
  for (const Fault& fault : kQuotedFaults) {
    if (error.starts_with(fault.start)) return fmt::format("{} ({})", fault.meaning, quoted);
  }
  return fmt::format("the server says {}", quoted);
}

std::string explain_no_connection(std::string_view reason, bool unknown_host) {
  const auto means = [&](int error) {
    return reason.starts_with(std::generic_category().message(error));
  };
  if (unknown_host) {
    return fmt::format("the host is unknown ({}); check its name", in_quotes(reason));
  }
  if (means(ECONNREFUSED)) {
    return "connection refused; is redis-server running there, and is the port right?";
  }
  if (means(ETIMEDOUT)) {
    return "no answer; is the host right, and does a firewall let this port through?";
  }
  return fmt::format("cannot connect ({}); check host and port", in_quotes(reason));
}

}  // namespace skol
