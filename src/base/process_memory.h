// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// The most memory this process ever held (VmHWM), in bytes.
std::size_t peak_memory_bytes();

}  // namespace skol
