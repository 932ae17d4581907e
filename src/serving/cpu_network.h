// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/thread_pool.h"
#include "device/accelerator.h"
#include "device/network_description.h"
#include "kernels/kernels.h"

namespace skol {

// A network on this process' own threads, for a server on a machine without a GPU: the bits of
// predict_windows(), in bf16 where that is asked for and the processor has it. The pool outlives
// it, and has one thread that calls it at a time.
std::unique_ptr<Accelerator> cpu_network(const OwnedNetwork& network, const Kernels& kernels,
                                         ThreadPool& pool);

}  // namespace skol
