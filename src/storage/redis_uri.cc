// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_uri.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/fail.h"
#include "base/hide_password.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

constexpr std::string_view kScheme = "redis://";
constexpr std::string_view kTlsScheme = "rediss://";
constexpr int kMaxPort = 65'535;
constexpr int kMaxDatabase = 2'147'483'646;  // a server's own setting is an int

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

[[noreturn]] void fail_without_tls(std::string_view uri, std::string_view reason) {
  fail(ErrorKind::kStorage,
       "{}: {}this build's Redis client has no TLS; use redis:// through a tunnel (stunnel), or "
       "Python, whose client has it",
       in_quotes(hide_password(uri)), reason.empty() ? "" : fmt::format("{}, and ", reason));
}

// Takes its part of the address apart; what it finds wrong is said of the whole.
class Parser {
 public:
  explicit Parser(std::string_view uri) : uri_(uri) {}

  RedisUri parse() const {
    RedisUri out;
    const std::string_view rest = uri_.substr(kScheme.size());
    const std::string_view authority = rest.substr(0, rest.find('/'));
    parse_authority(authority, out.address);
    std::size_t end = kScheme.size() + authority.size();
    if (end < uri_.size()) {
      const std::string_view path = uri_.substr(end + 1);
      const std::string_view database = path.substr(0, path.find('/'));
      if (!path.empty()) out.address.database = number(database, 0, kMaxDatabase, "database");
      end += 1 + database.size();
      out.key = decoded(path.substr(std::min(path.size(), database.size() + 1)), "key");
    }
    out.store = uri_.substr(0, end);
    return out;
  }

 private:
  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kParameter, "{}: {}; expected redis://[user[:password]@]host[:port]/DB/KEY",
         in_quotes(hide_password(uri_)), fmt::format(format, std::forward<Args>(args)...));
  }

  void parse_authority(std::string_view authority, RedisAddress& address) const {
    if (authority.empty()) {
      host_of_environment(address);
      return;
    }
    // A password that holds an @ was not encoded; the host cannot hold one.
    const std::size_t at = authority.rfind('@');
    if (at != authority.npos) {
      const std::string_view who = authority.substr(0, at);
      const std::size_t colon = std::min(who.find(':'), who.size());
      address.user = decoded(who.substr(0, colon), "user");
      if (colon < who.size()) address.password = decoded(who.substr(colon + 1), "password");
      authority.remove_prefix(at + 1);
    }
    const bool ipv6 = authority.starts_with('[');
    const std::size_t host_end = ipv6 ? authority.find(']') : authority.find(':');
    if (ipv6 && host_end == authority.npos) refuse("the bracket of the host is not closed");
    address.host = ipv6 ? authority.substr(1, host_end - 1) : authority.substr(0, host_end);
    if (address.host.empty()) refuse("there is no host");
    if (address.host.find('\0') != std::string::npos) refuse("the host holds a NUL");
    authority.remove_prefix(std::min(authority.size(), ipv6 ? host_end + 1 : host_end));
    if (authority.empty()) return;
    if (authority[0] != ':') refuse("after the host stands {}", in_quotes(authority));
    address.port = number(authority.substr(1), 1, kMaxPort, "port");
  }

  // A port of the environment belongs to its host, and to no other.
  void host_of_environment(RedisAddress& address) const {
    address.host = variable("REDIS_HOST");
    if (address.host.empty()) refuse("there is no host, and no REDIS_HOST in the environment");
    const std::string_view port = variable("REDIS_PORT");
    if (!port.empty()) address.port = number(port, 1, kMaxPort, "REDIS_PORT of the environment");
    const std::string_view tls = variable("REDIS_TLS");
    if (!tls.empty() && tls != "0" && tls != "false" && tls != "no") {
      fail_without_tls(uri_, "REDIS_TLS is set");
    }
  }

  int number(std::string_view text, int least, int most, std::string_view what) const {
    int value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    // The text itself is not repeated: where an address is broken, it may be part of a password.
    if (error != std::errc() || stopped != end || value < least || value > most) {
      refuse("the {} is not a number from {} to {}", what, least, most);
    }
    return value;
  }

  std::string decoded(std::string_view text, std::string_view what) const {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%') {
        out += text[i];
        continue;
      }
      const std::string_view digits = text.substr(i + 1, 2);
      unsigned byte = 0;
      const char* const end = digits.data() + digits.size();
      const auto [stopped, error] = std::from_chars(digits.data(), end, byte, 16);
      if (digits.size() < 2 || error != std::errc() || stopped != end) {
        refuse("in the {} two hexadecimal digits must follow each %, which itself is %25", what);
      }
      out += static_cast<char>(byte);
      i += 2;
    }
    return out;
  }

  std::string_view uri_;
};

}  // namespace

std::string RedisAddress::endpoint() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

bool is_redis_uri(std::string_view uri) {
  return uri.starts_with(kScheme) || uri.starts_with(kTlsScheme);
}

RedisUri parse_redis_uri(std::string_view uri) {
  if (uri.starts_with(kTlsScheme)) {
    fail_without_tls(uri, "");
  }
  return Parser(uri).parse();
}

void add_login_of_environment(RedisAddress& address) {
  if (address.password) return;
  const char* const password = std::getenv("REDIS_PASSWORD");
  if (password == nullptr) return;
  address.password = password;
  if (address.user.empty()) address.user = variable("REDIS_USERNAME");
}

}  // namespace skol
