// SPDX-License-Identifier: Apache-2.0
#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace skol {
namespace {

TEST(BoundedQueue, GivesValuesInOrderAndThenTheError) {
  BoundedQueue<int> queue(100);
  queue.push(1, 1);
  queue.push(2, 1);
  queue.end(std::make_exception_ptr(std::runtime_error("broken")));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_THROW(queue.pop(), std::runtime_error);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, HoldsNoMoreThanItMayAndOneThatIsHeavierAlone) {
  BoundedQueue<int> queue(10);
  std::size_t most = 0;
  std::thread giver([&] {
    std::size_t given = 0;
    for (int i = 0; i < 200; ++i) {
      const std::size_t weight = i % 10 == 9 ? 50 : 4;
      if (!queue.wait_for_room(weight)) return;
      queue.push(i, weight);
      ++given;
    }
    most = given;
    queue.end();
  });
  int expected = 0;
  while (const std::optional<int> value = queue.pop()) EXPECT_EQ(*value, expected++);
  giver.join();
  EXPECT_EQ(expected, 200);
  EXPECT_EQ(most, 200u);
}

TEST(BoundedQueue, LetsTheGiverGoWhenNobodyTakes) {
  BoundedQueue<int> queue(1);
  queue.push(1, 1);
  std::thread taker([&] { queue.stop(); });
  EXPECT_FALSE(queue.wait_for_room(1));
  taker.join();
}

}  // namespace
}  // namespace skol
