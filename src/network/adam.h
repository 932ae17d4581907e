// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "network/parameters.h"

namespace skol {

struct AdamOptions {
  double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;  // Keras' defaults
  double clip_norm = 1.0;  // gradients are scaled down to this global norm; 0: never
};

// Adam with bias correction (Kingma and Ba 2015): w -= rate * m_hat / (sqrt(v_hat) + epsilon).
// Holds the moments of all weights. Of an embedding only the rows that a step touches are updated,
// their moments too, as by PyTorch's SparseAdam: a step costs what its words cost.
class Adam {
 public:
  Adam(const NetworkShape& shape, const AdamOptions& options);

  // One update; same bits for any number of threads. `touched`: the rows of the embedding that the
  // gradient is of.
  void update(const Kernels& kernels, ThreadPool& pool, const Parameters& gradient,
              std::span<const std::uint32_t> touched, Parameters& parameters);
  // Of the next updates.
  void set_learning_rate(double learning_rate) { options_.learning_rate = learning_rate; }

 private:
  AdamOptions options_;
  Parameters m_, v_;
  std::size_t steps_ = 0;
};

// The global norm, summed in double in an order of its own.
double norm(const Parameters& gradient, std::span<const std::uint32_t> touched, ThreadPool& pool);

}  // namespace skol
