// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// How batches of up to `batch_size` windows are cut for threads: what the work does and what the
// memory model counts.
struct BatchLayout {
  // `tile_rows` is of the kernels.
  BatchLayout(std::size_t batch_size, std::size_t threads, std::size_t tile_rows);

  std::size_t micro_batch;  // most windows of a task
  std::size_t scratches;    // tasks that may work at the same time
};

}  // namespace skol
