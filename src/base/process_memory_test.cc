// SPDX-License-Identifier: Apache-2.0
#include "base/process_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace skol {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kAnotherAllocator = true;
#else
constexpr bool kAnotherAllocator = false;
#endif

// Pieces too small to be mapped each on its own, with one that stays behind them, so that the heap
// cannot shrink from its end.
TEST(ProcessMemory, WhatWasFreedIsGivenBack) {
  if (kAnotherAllocator) GTEST_SKIP() << "a sanitizer keeps what is freed";
  constexpr std::size_t kPiece = 64 << 10, kPieces = 512;
  std::vector<std::vector<char>> pieces(kPieces + 1);
  for (auto& piece : pieces) piece.assign(kPiece, 'x');
  const std::size_t full = resident_bytes();
  for (std::size_t i = 0; i < kPieces; ++i) std::vector<char>().swap(pieces[i]);
  give_back_freed_memory();
  EXPECT_LT(resident_bytes() + kPiece * kPieces * 3 / 4, full);
  EXPECT_EQ(pieces.back().size(), kPiece);
}

}  // namespace
}  // namespace skol
