// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "base/fail.h"
#include "base/hide_password.h"
#include "base/in_quotes.h"
#include "skol/store.h"
#include "storage/file_store.h"
#include "storage/redis_store.h"
#include "storage/redis_uri.h"

namespace skol {
namespace {

bool is_scheme_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

// Only the scheme is repeated in the message: the rest of an address may hold a password.
void refuse_other_services(const std::string& uri) {
  const std::size_t end = uri.find("://");
  if (end == std::string::npos || end == 0) return;
  const std::string_view scheme = std::string_view(uri).substr(0, end);
  if (!std::ranges::all_of(scheme, is_scheme_character)) return;
  fail(ErrorKind::kStorage,
       "{}://...: no such kind of store; give the path of a file or a redis:// address (or "
       "./{}:/... if that is its name)",
       scheme, scheme);
}

std::chrono::milliseconds redis_timeout() {
  constexpr int kMostSeconds = 3'600;
  const char* const text = std::getenv("SKOL_REDIS_TIMEOUT");
  if (text == nullptr || *text == '\0') return RedisWait().timeout;
  const std::string_view digits = text;
  int seconds = 0;
  const auto [stopped, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc() || stopped != digits.data() + digits.size() || seconds < 1 ||
      seconds > kMostSeconds) {
    fail(ErrorKind::kParameter, "SKOL_REDIS_TIMEOUT is {}: expected whole seconds, 1 to {}",
         in_quotes(digits), kMostSeconds);
  }
  return std::chrono::seconds(seconds);
}

std::unique_ptr<ModelStore> open_redis_store(const std::string& uri, const StoreOptions& options) {
  RedisUri parsed = parse_redis_uri(uri);
  if (!parsed.key.empty()) {
    fail(ErrorKind::kParameter,
         "{}: expected the address of a database, redis://host:port/DB, without a key",
         in_quotes(hide_password(uri)));
  }
  add_login_of_environment(parsed.address);
  return std::make_unique<RedisStore>(std::move(parsed.address),
                                      RedisWait{redis_timeout(), options.waiting}, options.expire,
                                      options.keep_expiry);
}

}  // namespace

ModelLocation parse_model_uri(const std::string& uri) {
  if (is_redis_uri(uri)) {
    RedisUri parsed = parse_redis_uri(uri);
    if (parsed.key.empty()) {
      fail(ErrorKind::kParameter, "{}: there is no key; expected redis://host:port/DB/KEY",
           in_quotes(hide_password(uri)));
    }
    return {std::move(parsed.store), std::move(parsed.key)};
  }
  refuse_other_services(uri);
  const std::size_t slash = uri.rfind('/');
  if (slash == std::string::npos && !uri.empty()) return {".", uri};
  if (uri.empty() || slash + 1 == uri.size()) {
    fail(ErrorKind::kParameter,
         "model {}: expected the path of a file, such as model.skol, or redis://host:port/DB/KEY",
         in_quotes(uri));
  }
  return {slash == 0 ? "/" : uri.substr(0, slash), uri.substr(slash + 1)};
}

std::unique_ptr<ModelStore> open_store(const std::string& uri, const StoreOptions& options) {
  if (options.expire.count() < 0) {
    fail(ErrorKind::kParameter, "a model cannot expire after {} seconds: expected 1 or more",
         options.expire.count());
  }
  if (options.keep_expiry && options.expire.count() != 0) {
    fail(ErrorKind::kParameter, "a model expires after {} seconds or as the one before: not both",
         options.expire.count());
  }
  if (is_redis_uri(uri)) return open_redis_store(uri, options);
  refuse_other_services(uri);
  if (uri.empty()) {
    fail(ErrorKind::kParameter, "model store '': expected the path of a folder");
  }
  if (options.expire.count() != 0) {
    fail(ErrorKind::kParameter,
         "{}: models in a folder do not expire; leave the expiry out, or keep the model in Redis",
         in_quotes(uri));
  }
  return std::make_unique<FileStore>(uri);
}

}  // namespace skol
