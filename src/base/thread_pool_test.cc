// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <stdexcept>
#include <vector>

#include "base/process_memory.h"

namespace skol {
namespace {

TEST(ThreadPool, RunsEveryTaskOnceAndNamesItsThread) {
  for (std::size_t threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (std::size_t tasks : {0, 1, 2, 3, 1000}) {
      std::vector<std::atomic<int>> runs(tasks);
      pool.parallel_for(tasks, [&](std::size_t task, std::size_t thread) {
        ASSERT_LT(thread, pool.size());
        ++runs[task];
      });
      for (const auto& run : runs) EXPECT_EQ(run, 1);
    }
  }
}

TEST(ThreadPool, ThrowsTheExceptionOfATaskAndWorksOn) {
  ThreadPool pool(3);
  const auto fails = [](std::size_t task, std::size_t) {
    if (task == 7) throw std::runtime_error("task 7");
  };
  EXPECT_THROW(pool.parallel_for(100, fails), std::runtime_error);
  std::atomic<int> sum = 0;
  pool.parallel_for(10, [&](std::size_t task, std::size_t) { sum += static_cast<int>(task); });
  EXPECT_EQ(sum, 45);
}

TEST(ThreadPool, FlushesDenormalsInItsTasksAndLeavesTheCallerAsItWas) {
  ThreadPool pool(2);
  volatile float smallest = std::numeric_limits<float>::min();
  std::atomic<int> flushed = 0;
  pool.parallel_for(2, [&](std::size_t, std::size_t) { flushed += smallest * 0.5f == 0.0f; });
  EXPECT_EQ(flushed, 2);
  EXPECT_GT(smallest * 0.5f, 0.0f);
}

// In a process of its own, whose address space holds a few stacks and not 1000.
TEST(ThreadPool, MakesDoWithTheThreadsThereIsMemoryFor) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more address space than the test gives";
#endif
  const auto work_with_few = [] {
    const std::size_t most = address_space_bytes() + 50 * ThreadPool::kStackBytes;
    const struct rlimit limit = {most, most};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(2);
    ThreadPool pool(1000);
    std::atomic<int> runs = 0;
    pool.parallel_for(5000, [&](std::size_t, std::size_t) { ++runs; });
    ::_exit(runs == 5000 && pool.size() < 100 ? 0 : 1);
  };
  EXPECT_EXIT(work_with_few(), ::testing::ExitedWithCode(0), "");
}

TEST(UsableCores, IsAtLeastOneAndHonoursOmpNumThreads) {
  EXPECT_GE(usable_cores(), 1u);
  ASSERT_EQ(setenv("OMP_NUM_THREADS", "1", 1), 0);
  EXPECT_EQ(usable_cores(), 1u);
  ASSERT_EQ(setenv("OMP_NUM_THREADS", "nonsense", 1), 0);
  EXPECT_GE(usable_cores(), 1u);
  unsetenv("OMP_NUM_THREADS");
}

}  // namespace
}  // namespace skol
