// SPDX-License-Identifier: Apache-2.0
#include "base/fail.h"
#include "base/in_quotes.h"
#include "skol/model.h"
#include "skol/store.h"

namespace skol {

Model load_model(const std::string& uri) try {
  const ModelLocation location = parse_model_uri(uri);
  return Model::from_bytes(open_store(location.store)->get(location.name));
} catch (const Error& error) {
  if (error.kind() != ErrorKind::kModel) throw;
  fail(ErrorKind::kModel, "{}: {}", in_quotes(uri), error.what());
}

void save_model(const Model& model, const std::string& uri) {
  const ModelLocation location = parse_model_uri(uri);
  open_store(location.store)->put(location.name, model.to_bytes());
}

}  // namespace skol
