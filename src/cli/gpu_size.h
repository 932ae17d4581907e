// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace skol {

// Bytes of the memory of the first GPU that a program can open, which may be an instance of a
// divided one, as the driver says; asked in a process of its own, which may take so long. Error
// kDevice, one line, where there is none.
std::string size_of_gpu(std::chrono::milliseconds timeout);

}  // namespace skol
