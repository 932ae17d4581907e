// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "skol/model.h"

namespace skol {

// What is in a folder or a database, as `models list` tells it.
struct ModelListing {
  struct Listed {
    std::string name;
    std::uint64_t bytes = 0;
    ModelDescription description;
  };
  struct Other {
    std::string name;
    std::string reason;  // why it is no model
  };

  std::string store;  // without a password
  std::vector<Listed> models;
  std::vector<Other> others;
};

// One JSON object on one line. Of what is no model at most kMostOthers are named, all are counted.
inline constexpr std::size_t kMostOthers = 100;
std::string listing_json(const ModelListing& listing);

// The same of a model that was removed.
std::string removed_json(const std::string& name, std::uint64_t bytes);

// A line a model, in the columns of the terminal; a long name without its middle.
std::string listing_table(const ModelListing& listing, const Terminal& terminal);

// "2 others are no models: 'a', 'b'"; empty where there are none.
std::string others_line(const ModelListing& listing);

}  // namespace skol
