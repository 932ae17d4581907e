// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "skol/store.h"
#include "storage/file_store.h"

namespace skol {
namespace {

bool is_scheme_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

// Only the scheme is repeated in the message: the rest of an address may hold a password.
void refuse_services(const std::string& uri) {
  const std::size_t end = uri.find("://");
  if (end == std::string::npos || end == 0) return;
  const std::string_view scheme = std::string_view(uri).substr(0, end);
  if (!std::ranges::all_of(scheme, is_scheme_character)) return;
  if (scheme == "redis" || scheme == "rediss") {
    fail(ErrorKind::kStorage,
         "{}://...: models in Redis are not supported by this version; give the path of a file",
         scheme);
  }
  fail(
      ErrorKind::kStorage,
      "{}://...: no such kind of store; give the path of a file (or ./{}:/... if that is its name)",
      scheme, scheme);
}

}  // namespace

ModelLocation parse_model_uri(const std::string& uri) {
  refuse_services(uri);
  const std::size_t slash = uri.rfind('/');
  if (slash == std::string::npos && !uri.empty()) return {".", uri};
  if (uri.empty() || slash + 1 == uri.size()) {
    fail(ErrorKind::kParameter, "model {}: expected the path of a file, such as model.skol",
         in_quotes(uri));
  }
  return {slash == 0 ? "/" : uri.substr(0, slash), uri.substr(slash + 1)};
}

std::unique_ptr<ModelStore> open_store(const std::string& uri) {
  refuse_services(uri);
  if (uri.empty()) {
    fail(ErrorKind::kParameter, "model store '': expected the path of a folder");
  }
  return std::make_unique<FileStore>(uri);
}

}  // namespace skol
