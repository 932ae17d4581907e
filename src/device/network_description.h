// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "device/abi.h"
#include "network/parameters.h"

namespace skol {

// A network as device/abi.h describes it. Points into the parameters, which outlive it, but for the
// sparse weights, which these keep in slices and it needs by rows: a copy.
class NetworkDescription {
 public:
  explicit NetworkDescription(const Parameters& parameters);
  NetworkDescription(const NetworkDescription&) = delete;
  NetworkDescription& operator=(const NetworkDescription&) = delete;

  const SkolDeviceNetwork& network() const { return network_; }

 private:
  std::vector<float> sparse_weights_;
  std::vector<SkolDeviceLayer> layers_;
  SkolDeviceNetwork network_ = {};
};

// Its sizes alone, for arithmetic.
SkolDeviceNetwork network_sizes(const NetworkShape& shape);

}  // namespace skol
