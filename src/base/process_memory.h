// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// Each in bytes, read anew from /proc at every call (some 20 us): not for hot loops. 0 where /proc
// is not there.

// The most memory this process ever held (VmHWM).
std::size_t peak_memory_bytes();

// What it holds now (VmRSS): its own pages and those of files and libraries that it has touched.
// The kernel counts in steps of some pages a core, so up to about 100 KiB may be missing.
std::size_t resident_bytes();

// What it has reserved (VmSize): what RLIMIT_AS limits.
std::size_t address_space_bytes();

}  // namespace skol
