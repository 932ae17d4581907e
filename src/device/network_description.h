// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "device/abi.h"
#include "network/parameters.h"

namespace skol {

// A network as device/abi.h describes it. Points into the parameters, which outlive it, but for the
// sparse weights, which these keep in slices and it needs by rows: a copy.
class NetworkDescription {
 public:
  explicit NetworkDescription(const Parameters& parameters,
                              SkolDevicePrecision precision = kSkolDeviceFp32);
  NetworkDescription(const NetworkDescription&) = delete;
  NetworkDescription& operator=(const NetworkDescription&) = delete;

  const SkolDeviceNetwork& network() const { return network_; }
  // All weights one after the other, floats(network()) of them, as OwnedNetwork takes them.
  void copy_to(float* values);

 private:
  std::vector<float> sparse_weights_;
  std::vector<SkolDeviceLayer> layers_;
  SkolDeviceNetwork network_ = {};
};

// Calls visit(pointer, floats) for every array of a network, in one fixed order.
template <class Network, class Visitor>
void visit_arrays(Network& network, SkolDeviceLayer* layers, Visitor&& visit) {
  const std::uint64_t units = network.units, gates = 8 * units, embedded = network.embedding_size;
  visit(network.sparse_weights,
        network.input_size * (network.num_layers == 0 ? network.padded_classes
                              : embedded > 0          ? embedded
                                                      : gates));
  for (std::uint64_t l = 0; l < network.num_layers; ++l) {
    const std::uint64_t inputs = l > 0 ? 2 * units : embedded;
    if (inputs > 0) visit(layers[l].input_weights, inputs * gates);
    visit(layers[l].bias, gates);
    for (auto& recurrent : layers[l].recurrent) visit(recurrent, units * 4 * units);
  }
  if (network.num_layers > 0) visit(network.dense_weights, 2 * units * network.padded_classes);
  visit(network.dense_bias, network.padded_classes);
}

// A network that owns its weights, one array after the other as visit_arrays() goes: what came from
// another process.
class OwnedNetwork {
 public:
  // How many floats a network of these sizes has; 0 where no network can have them.
  static std::uint64_t floats(const SkolDeviceNetwork& sizes);
  // values.size() == floats(sizes)
  OwnedNetwork(const SkolDeviceNetwork& sizes, std::vector<float> values);
  OwnedNetwork(const OwnedNetwork&) = delete;
  OwnedNetwork& operator=(const OwnedNetwork&) = delete;

  const SkolDeviceNetwork& network() const { return network_; }
  std::span<const float> values() const { return values_; }
  // As the CPU's kernels take them.
  Parameters parameters() const;

 private:
  std::vector<float> values_;
  std::vector<SkolDeviceLayer> layers_;
  SkolDeviceNetwork network_;
};

// Its sizes alone, for arithmetic.
SkolDeviceNetwork network_sizes(const NetworkShape& shape);

}  // namespace skol
