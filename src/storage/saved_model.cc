// SPDX-License-Identifier: Apache-2.0
#include "base/fail.h"
#include "base/hide_password.h"
#include "base/in_quotes.h"
#include "skol/model.h"
#include "skol/store.h"

namespace skol {

Model model_from(const std::string& uri, std::string_view bytes) try {
  return Model::from_bytes(bytes);
} catch (const Error& error) {
  if (error.kind() != ErrorKind::kModel) throw;
  fail(ErrorKind::kModel, "{}: {}", in_quotes(hide_password(uri)), error.what());
}

Model load_model(const std::string& uri, const StoreOptions& options) {
  const ModelLocation location = parse_model_uri(uri);
  return model_from(uri, open_store(location.store, options)->get(location.name));
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
