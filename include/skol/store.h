// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "skol/model.h"

namespace skol {

struct StoreEntry {
  // Enough to describe any model but one with thousands of labels.
  static constexpr std::size_t kStartBytes = std::size_t{16} << 10;

  std::string name;
  std::uint64_t bytes = 0;
  std::string start;    // the first bytes, at most kStartBytes, fewer where they are no model's
  std::string problem;  // why it could not be read, in a few words; mostly empty
};

struct StoreOptions {
  // After this a model vanishes by itself; 0: never. For stores that can do that (Redis).
  std::chrono::seconds expire{0};
  // Called several times a second while a server is waited for; what it throws ends the call.
  std::function<void()> waiting;
  // A model that takes the place of another keeps its expiry; not together with `expire`.
  bool keep_expiry = false;
};

// A place that keeps models under names: a folder, or a database of a Redis server. It moves bytes;
// whether they are a model is told from how they begin, and no more.
class ModelStore {
 public:
  virtual ~ModelStore() = default;

  // The bytes last put under `name`, whole. Error of kNotFound if there are none, or they may not
  // be read.
  virtual std::string get(const std::string& name) const = 0;
  // Keeps `bytes` under `name`, replacing what was there in one step: whoever reads at the same
  // time, and whatever goes wrong (an Error of kStorage), sees the old bytes or the new ones.
  virtual void put(const std::string& name, std::string_view bytes) = 0;
  // The Error that put() would end in, as far as it can be known without changing anything: for
  // those who have an hour of work before they put.
  virtual void check_put(const std::string& name) const = 0;
  // Everything kept, by name.
  virtual std::vector<StoreEntry> list() const = 0;
  // What list() says of `name`. Errors as of get().
  virtual StoreEntry look(const std::string& name) const = 0;
  // False if nothing was kept under `name`.
  virtual bool remove(const std::string& name) = 0;
};

// Where a model is: what open_store() takes, and the name inside that store.
struct ModelLocation {
  std::string store;
  std::string name;
};

// Takes a model's address apart, MODEL on the command line: the path of a file, or
// redis://[user[:password]@]host[:port]/DB/KEY, of which user, password and KEY may be written with
// %XX. Error of kParameter for what is neither; of kStorage for other services, rediss:// (TLS)
// among them. No message repeats a password.
ModelLocation parse_model_uri(const std::string& uri);

// The store at `uri`: the path of a folder, which need not exist yet, or redis://host:port[/DB].
// Where the address has no password, REDIS_PASSWORD of the environment is one; SKOL_REDIS_TIMEOUT
// is for how many seconds a server may be silent. Nothing is opened before the first call.
std::unique_ptr<ModelStore> open_store(const std::string& uri, const StoreOptions& options = {});

// load_model and save_model of skol/model.h, with options.
Model load_model(const std::string& uri, const StoreOptions& options);
void save_model(const Model& model, const std::string& uri, const StoreOptions& options);

// The model in `bytes`, which came from `uri`: an Error of kModel names it.
Model model_from(const std::string& uri, std::string_view bytes);

}  // namespace skol
