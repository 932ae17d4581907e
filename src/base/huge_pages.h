// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace skol {

// A page of x86-64 and of most ARM64 kernels that has an entry of its own in the table one level up
// (Documentation/admin-guide/mm/transhuge.rst). A block that may not hold one is left as it is.
inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

// Asks the kernel to back memory that was allocated and not yet touched with huge pages: the first
// touch of 36 MB then costs 18 faults in place of 9,000, which took three quarters of the time of
// loading such a model. None of them reaches beyond the block's own pages, so no more memory is
// taken. A hint: a kernel without huge pages goes on with small ones. Thread-safe.
void prefer_huge_pages(void* block, std::size_t bytes);

// Gives the memory of whole huge pages within [begin, end), of a block of the heap, back to the
// system, for who needs what stands there no more: it reads as zeros then. Returns their end, which
// is `begin` where there is none.
char* give_back_pages(char* begin, char* end);

}  // namespace skol
