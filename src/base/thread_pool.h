// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

namespace skol {

// The cores this process may use: its CPU affinity, the cgroup's quota (v1 and v2) and
// OMP_NUM_THREADS, whichever is least; at least 1.
std::size_t usable_cores();

// Denormal numbers are zero in this thread while it lives: a recurrent network decays into them,
// and the hardware then takes a hundred times as long.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned saved_;
};

// Threads that work on one loop at a time; the caller is one of them. Made after any fork, by the
// process that uses it. parallel_for is to be called from one thread at a time.
class ThreadPool {
 public:
  // Of each thread it starts: the deepest of ours use some 20 KiB. The C library's own 8 MiB would
  // count whole where addresses are limited (RLIMIT_AS).
  static constexpr std::size_t kStackBytes = std::size_t{1} << 20;

  // `threads` counts the caller: 1 starts none. Where the system gives fewer, size() says how many.
  explicit ThreadPool(std::size_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t size() const { return workers_.size() + 1; }

  // Calls work(task, thread) for each task in [0, tasks), thread in [0, size()), in any order, with
  // denormals flushed; returns when all are done. The first exception thrown by a task is thrown
  // again here, after the tasks that had begun.
  using Work = std::function<void(std::size_t task, std::size_t thread)>;
  void parallel_for(std::size_t tasks, const Work& work);

 private:
  struct Worker {
    ThreadPool* pool;
    std::size_t index;
    pthread_t thread;
  };
  static void* start(void* worker);
  void work_as(std::size_t thread);
  void take_tasks(std::size_t thread);

  std::vector<Worker> workers_;  // which does not move: threads point into it
  std::mutex mutex_;
  std::condition_variable begin_, end_;
  const Work* work_ = nullptr;
  std::size_t tasks_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> busy_ = 0;  // workers that may still take tasks
  std::atomic<std::size_t> round_ = 0;
  std::atomic<bool> stop_ = false;
  std::exception_ptr error_;
};

}  // namespace skol
