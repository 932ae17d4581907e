// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "skol/store.h"

namespace skol {

// Models as files of one folder; a name is a file name. Safe to use from several threads and
// processes at once: the file system is the only state.
class FileStore final : public ModelStore {
 public:
  // A model of five layers of 256 units and 4,000 inputs has 60 MB; far above that, the file is
  // something else, and is not read into memory.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{2} << 30;

  explicit FileStore(std::string folder) : folder_(std::move(folder)) {}

  std::string get(const std::string& name) const override;
  void put(const std::string& name, std::string_view bytes) override;
  void check_put(const std::string& name) const override;
  // Regular files, without hidden ones.
  std::vector<StoreEntry> list() const override;
  StoreEntry look(const std::string& name) const override;
  bool remove(const std::string& name) override;

 private:
  std::string path_of(const std::string& name) const;

  std::string folder_;
};

}  // namespace skol
