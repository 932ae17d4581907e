// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace skol {

// Values on their way from one thread to another, as many as weigh `most` together; one that is
// heavier goes alone. Either side may end it.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t most) : most_(most) {}

  // The giver: waits until a value of this weight may be given. False: nobody takes any more.
  bool wait_for_room(std::size_t weight) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return stopped_ || weight_ + weight <= most_ || (taker_waits_ && values_.empty());
    });
    return !stopped_;
  }
  void push(T value, std::size_t weight) {
    {
      std::lock_guard lock(mutex_);
      values_.emplace_back(std::move(value), weight);
      weight_ += weight;
    }
    changed_.notify_all();
  }
  // No more values come; an error is thrown to the taker after the last one.
  void end(std::exception_ptr error = nullptr) {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
      error_ = std::move(error);
    }
    changed_.notify_all();
  }

  // The taker: waits for the next value; nothing at the end.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    taker_waits_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return ended_ || !values_.empty(); });
    taker_waits_ = false;
    if (values_.empty()) {
      if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
      return std::nullopt;
    }
    auto [value, weight] = std::move(values_.front());
    values_.pop_front();
    weight_ -= weight;
    lock.unlock();
    changed_.notify_all();
    return std::move(value);
  }
  // Takes no more values.
  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<T, std::size_t>> values_;
  std::size_t weight_ = 0;
  bool ended_ = false, stopped_ = false, taker_waits_ = false;
  std::exception_ptr error_;
};

}  // namespace skol
