// SPDX-License-Identifier: Apache-2.0
#include "prediction/batch_layout.h"

#include <algorithm>

#include "network/network.h"

namespace skol {

BatchLayout::BatchLayout(std::size_t batch_size, std::size_t threads, std::size_t tile_rows)
    : micro_batch(std::min(kMicroBatchWindows, directions_are_shared(batch_size, threads, tile_rows)
                                                   ? batch_size
                                                   : (batch_size + threads - 1) / threads)),
      // Tasks are handed to any thread, so all have scratch as soon as two may work at once.
      scratches(batch_size <= micro_batch ? 1 : threads) {}

}  // namespace skol
