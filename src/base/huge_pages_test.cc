// SPDX-License-Identifier: Apache-2.0
#include "base/huge_pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/aligned_vector.h"

namespace skol {
namespace {

// Whether the kernel notes of the page at `place` that huge pages are wanted (proc(5), VmFlags).
bool is_advised(const void* place) {
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-') {
      here = begin <= address && address < end;
    } else if (here && line.starts_with("VmFlags:")) {
      return line.find(" hg") != std::string::npos;
    }
  }
  return false;
}

class HugePages : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) {
      GTEST_SKIP() << "a kernel without huge pages";
    }
  }
};

TEST_F(HugePages, AreAskedForWithinTheBlockAlone) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t bytes = 4 * kHugePage;
  void* const mapped =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  char* const first = static_cast<char*>(mapped);
  prefer_huge_pages(first + 2 * page + 64, bytes - 4 * page);
  EXPECT_FALSE(is_advised(first + page));
  EXPECT_TRUE(is_advised(first + 2 * page));
  EXPECT_TRUE(is_advised(first + bytes - 3 * page));
  EXPECT_FALSE(is_advised(first + bytes - page)) << "behind the block's last whole page";
  ::munmap(mapped, bytes);
}

TEST_F(HugePages, AreGivenBackWhereTheyAreWhole) {
  AlignedVector<char> block(5 * kHugePage, 'x');
  char* const begin = block.data() + 1;
  char* const end = give_back_pages(begin, block.data() + block.size() - 1);
  const auto last = reinterpret_cast<std::uintptr_t>(end);
  EXPECT_EQ(last % kHugePage, 0u);
  EXPECT_LT(block.data() + block.size() - end, static_cast<std::ptrdiff_t>(kHugePage + 1));
  EXPECT_EQ(end[-1], 0);
  EXPECT_EQ(*end, 'x');
  EXPECT_EQ(block.front(), 'x');
  EXPECT_EQ(std::count(block.begin(), block.end(), 0) % static_cast<std::ptrdiff_t>(kHugePage), 0);
  EXPECT_EQ(give_back_pages(end, end + kHugePage - 1), end) << "no whole one";
}

TEST_F(HugePages, AreAskedForByLargeVectorsOnly) {
  const AlignedVector<float> large(4 * kHugePage / sizeof(float)), small(1000);
  EXPECT_TRUE(is_advised(&large[large.size() / 2]));
  EXPECT_FALSE(is_advised(small.data()));
}

}  // namespace
}  // namespace skol
