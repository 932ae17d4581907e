// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "skol/error.h"
#include "skol/model.h"
#include "skol/store.h"

namespace skol {

// What every verb asks of a store: that the wait for a server can be interrupted.
StoreOptions store_options(std::chrono::seconds expire = std::chrono::seconds(0));

// `--expire HH:MM:SS|SECONDS`, for models that are kept in Redis.
void add_expire_option(CommandLine& line, std::chrono::seconds& expire);

// What `read` gives, with the exit status for a model that is not there or not readable.
template <typename Read>
auto reading_models(Read&& read) try {
  return std::forward<Read>(read)();
} catch (const Error& error) {
  if (error.kind() == ErrorKind::kMemory || error.kind() == ErrorKind::kInternal) throw;
  throw CommandFailure(kExitModel, error.what());
}

// The model at `uri`, or a CommandFailure of that status.
Model open_model(const std::string& uri);

// The same with the bytes that it was made of.
struct StoredModel {
  std::string bytes;
  Model model;
};
StoredModel open_stored_model(const std::string& uri);

}  // namespace skol
