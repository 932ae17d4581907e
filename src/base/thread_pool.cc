// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <new>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace skol {

#if defined(__SSE__)
namespace {
constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
}
FlushDenormals::FlushDenormals() : saved_(_mm_getcsr()) {
  _mm_setcsr(saved_ | kFlushToZero | kDenormalsAreZero);
}
FlushDenormals::~FlushDenormals() {
  _mm_setcsr(saved_);
}
#elif defined(__aarch64__)
FlushDenormals::FlushDenormals() {
  unsigned long fpcr;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  saved_ = static_cast<unsigned>(fpcr);
  asm volatile("msr fpcr, %0" : : "r"(fpcr | (1ul << 24)));
}
FlushDenormals::~FlushDenormals() {
  asm volatile("msr fpcr, %0" : : "r"(static_cast<unsigned long>(saved_)));
}
#else
#error "say here how this processor flushes denormals"
#endif

namespace {

// How often a thread without work looks for some before it sleeps: 20 to 50 us, by processor. The
// pause between two loops of a training step is shorter, and without sleep in it a step takes a
// twelfth less time (two cores of a virtual machine, where waking one is dear).
constexpr int kLooks = 1000;

void pause() {
#if defined(__SSE__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

template <class Condition>
void look_for(const Condition& condition) {
  for (int i = 0; i < kLooks && !condition(); ++i) pause();
}

}  // namespace

void* ThreadPool::start(void* worker) {
  const Worker& self = *static_cast<Worker*>(worker);
  self.pool->work_as(self.index);
  return nullptr;
}

ThreadPool::ThreadPool(std::size_t threads) {
  if (threads <= 1) return;
  // Where there are no more threads, or no addresses for another stack: those there are do the
  // work.
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return;
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  try {
    workers_.reserve(threads - 1);
  } catch (const std::bad_alloc&) {
  }
  while (workers_.size() < workers_.capacity() && workers_.size() + 1 < threads) {
    Worker& worker = workers_.emplace_back(Worker{this, workers_.size() + 1, {}});
    if (::pthread_create(&worker.thread, &attributes, &ThreadPool::start, &worker) == 0) continue;
    workers_.pop_back();
    break;
  }
  ::pthread_attr_destroy(&attributes);
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  begin_.notify_all();
  for (const Worker& worker : workers_) ::pthread_join(worker.thread, nullptr);
}

void ThreadPool::take_tasks(std::size_t thread) {
  FlushDenormals flush;
  try {
    for (std::size_t task; (task = next_.fetch_add(1)) < tasks_;) (*work_)(task, thread);
  } catch (...) {
    next_ = tasks_;
    std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
}

void ThreadPool::work_as(std::size_t thread) {
  for (std::size_t seen = 0;;) {
    look_for([&] { return stop_ || round_ != seen; });
    std::unique_lock lock(mutex_);
    begin_.wait(lock, [&] { return stop_ || round_ != seen; });
    if (stop_) return;
    seen = round_;
    lock.unlock();
    take_tasks(thread);
    lock.lock();
    if (--busy_ == 0) end_.notify_one();
  }
}

void ThreadPool::parallel_for(std::size_t tasks, const Work& work) {
  if (tasks == 0) return;
  const bool alone = workers_.empty() || tasks == 1;
  {
    std::lock_guard lock(mutex_);
    work_ = &work;
    tasks_ = tasks;
    next_ = 0;
    error_ = nullptr;
    if (!alone) {
      busy_ = workers_.size();
      ++round_;
    }
  }
  if (!alone) begin_.notify_all();
  take_tasks(0);
  if (!alone) look_for([&] { return busy_ == 0; });
  std::unique_lock lock(mutex_);
  if (!alone) end_.wait(lock, [&] { return busy_ == 0; });
  work_ = nullptr;
  if (error_) std::rethrow_exception(error_);
}

}  // namespace skol
