// SPDX-License-Identifier: Apache-2.0
#include "base/huge_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace skol {

void prefer_huge_pages(void* block, std::size_t bytes) {
#if defined(MADV_HUGEPAGE)
  if (bytes < kHugePage) return;
  // From the page the block begins in: a block mapped by itself begins some bytes behind a border
  // of huge pages, and would lose the first one.
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t before = reinterpret_cast<std::uintptr_t>(block) % page;
  const std::size_t whole = (before + bytes) / page * page;
  ::madvise(static_cast<char*>(block) - before, whole, MADV_HUGEPAGE);
#else
  static_cast<void>(block), static_cast<void>(bytes);
#endif
}

char* give_back_pages(char* begin, char* end) {
  const auto first =
      (reinterpret_cast<std::uintptr_t>(begin) + kHugePage - 1) / kHugePage * kHugePage;
  const auto last = reinterpret_cast<std::uintptr_t>(end) / kHugePage * kHugePage;
  if (first >= last) return begin;
  char* const from = begin + (first - reinterpret_cast<std::uintptr_t>(begin));
  ::madvise(from, last - first, MADV_DONTNEED);
  return from + (last - first);
}

}  // namespace skol
