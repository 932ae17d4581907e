// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skol {

struct StoreEntry {
  std::string name;
  std::uint64_t bytes = 0;
};

// A place that keeps models under names: a folder; a database later. It moves bytes and knows
// nothing of what they mean.
class ModelStore {
 public:
  virtual ~ModelStore() = default;

  // The bytes last put under `name`, whole. Error of kNotFound if there are none, or they may not
  // be read.
  virtual std::string get(const std::string& name) const = 0;
  // Keeps `bytes` under `name`, replacing what was there in one step: whoever reads at the same
  // time, and whatever goes wrong (an Error of kStorage), sees the old bytes or the new ones.
  virtual void put(const std::string& name, std::string_view bytes) = 0;
  // Everything kept, by name.
  virtual std::vector<StoreEntry> list() const = 0;
  // False if nothing was kept under `name`.
  virtual bool remove(const std::string& name) = 0;
};

// Where a model is: what open_store() takes, and the name inside that store.
struct ModelLocation {
  std::string store;
  std::string name;
};

// Takes a model's address apart, MODEL on the command line: the path of a file. Addresses in Redis
// (redis://, rediss://) and on other services are refused with an Error of kStorage.
ModelLocation parse_model_uri(const std::string& uri);

// The store at `uri`: the path of a folder, which need not exist yet.
std::unique_ptr<ModelStore> open_store(const std::string& uri);

}  // namespace skol
