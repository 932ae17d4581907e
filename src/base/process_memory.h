// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// Each in bytes, read anew from /proc at every call (some 20 us): not for hot loops. 0 where /proc
// is not there.

// The most memory this process ever held (VmHWM).
std::size_t peak_memory_bytes();

// Makes that what it holds now, so that the peak of what follows can be told. False where the
// system does not let a process do that (clear_refs of /proc, read-only in some containers).
bool reset_peak_memory();

// Gives memory that was freed back to the system (malloc_trim(3)): what is allocated next is then
// seen in the peak of this process, and not taken from what it still held.
void give_back_freed_memory();

// What it holds now (VmRSS): its own pages and those of files and libraries that it has touched.
// The kernel counts in steps of some pages a core, so up to about 100 KiB may be missing.
std::size_t resident_bytes();

// What it has reserved (VmSize): what RLIMIT_AS limits.
std::size_t address_space_bytes();

}  // namespace skol
