// SPDX-License-Identifier: Apache-2.0
#include "base/fail.h"
#include "base/hide_password.h"
#include "base/in_quotes.h"
#include "skol/model.h"
#include "skol/store.h"

namespace skol {
namespace {

[[noreturn]] void fail_with(const std::string& uri, const Error& error) {
  if (error.kind() != ErrorKind::kModel) throw error;
  fail(ErrorKind::kModel, "{}: {}", in_quotes(hide_password(uri)), error.what());
}

}  // namespace

Model model_from(const std::string& uri, std::string_view bytes) try {
  return Model::from_bytes(bytes);
} catch (const Error& error) {
  fail_with(uri, error);
}

Model load_model(const std::string& uri, const StoreOptions& options) {
  const ModelLocation location = parse_model_uri(uri);
  std::string bytes = open_store(location.store, options)->get(location.name);
  try {
    return Model::from_own_bytes(std::move(bytes));
  } catch (const Error& error) {
    fail_with(uri, error);
  }
}

void save_model(const Model& model, const std::string& uri, const StoreOptions& options) {
  const ModelLocation location = parse_model_uri(uri);
  open_store(location.store, options)->put(location.name, model.to_bytes());
}

Model load_model(const std::string& uri) {
  return load_model(uri, StoreOptions());
}

void save_model(const Model& model, const std::string& uri) {
  save_model(model, uri, StoreOptions());
}

}  // namespace skol
