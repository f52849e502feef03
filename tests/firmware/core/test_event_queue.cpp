// Events wait in their order, within bounds of number and of time.

#include <gtest/gtest.h>

#include "event_queue.h"

namespace esphome::oceanremote {

static constexpr uint64_t NOW = uint64_t{1} << 33U;

using Queue = EventQueue<3>;

static int next_type(Queue &queue, uint64_t now) {
  const WaitingEvent *event = queue.next(now);
  if (event == nullptr)
    return -1;
  const int type = event->type;
  queue.take();
  return type;
}

TEST(EventQueue, IsEmptyAtFirst) {
  Queue queue;
  EXPECT_EQ(queue.next(NOW), nullptr);
  EXPECT_EQ(queue.lost(), 0U);
}

TEST(EventQueue, KeepsEqualEventsInTheirOrder) {
  Queue queue;
  for (int round = 0; round < 10; round++) {
    EXPECT_TRUE(queue.add(600, 1, NOW));
    EXPECT_TRUE(queue.add(600, 1, NOW));
    EXPECT_TRUE(queue.add(600, 254, NOW));
    EXPECT_EQ(queue.next(NOW)->slot, 600);
    EXPECT_EQ(next_type(queue, NOW), 1);
    EXPECT_EQ(next_type(queue, NOW), 1);
    EXPECT_EQ(next_type(queue, NOW), 254);
    EXPECT_EQ(next_type(queue, NOW), -1);
  }
  EXPECT_EQ(queue.lost(), 0U);
}

TEST(EventQueue, LosesAndCountsWhatItCannotHold) {
  Queue queue;
  for (uint8_t type = 0; type < 3; type++)
    EXPECT_TRUE(queue.add(0, type, NOW));
  EXPECT_FALSE(queue.add(0, 3, NOW));
  EXPECT_FALSE(queue.add(0, 4, NOW));
  EXPECT_EQ(queue.lost(), 2U);
  EXPECT_EQ(next_type(queue, NOW), 0);
  EXPECT_TRUE(queue.add(0, 5, NOW));
  EXPECT_EQ(next_type(queue, NOW), 1);
}

TEST(EventQueue, DoesNotTellWhatIsPast) {
  Queue queue;
  EXPECT_TRUE(queue.add(0, 0, NOW));
  EXPECT_TRUE(queue.add(0, 1, NOW + 1));
  EXPECT_EQ(queue.next(NOW + EVENT_LIFETIME_MS)->type, 0);
  EXPECT_EQ(next_type(queue, NOW + EVENT_LIFETIME_MS + 1), 1);
  EXPECT_EQ(queue.lost(), 1U);
}

TEST(EventQueue, WhatIsPastMakesRoom) {
  Queue queue;
  for (uint8_t type = 0; type < 3; type++)
    EXPECT_TRUE(queue.add(0, type, NOW));
  EXPECT_TRUE(queue.add(0, 9, NOW + EVENT_LIFETIME_MS + 1));
  EXPECT_EQ(next_type(queue, NOW + EVENT_LIFETIME_MS + 1), 9);
  EXPECT_EQ(queue.lost(), 3U);
}

}  // namespace esphome::oceanremote
