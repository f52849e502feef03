// When a state goes out: at once, or at the end of the batch window.

#include <gtest/gtest.h>

#include "state_queue.h"

namespace esphome::oceanremote {

static constexpr uint32_t WINDOW = 100;

class StateQueueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    this->queue.set_window(WINDOW);
    this->queue.handle_timer(5000);
  }
  /// Sends what is due of one entity; says whether there was anything.
  bool send(size_t slot) {
    if (!this->queue.is_due(slot))
      return false;
    this->queue.take(slot);
    return true;
  }

  StateQueue<20> queue;
};

TEST_F(StateQueueTest, NothingIsDueAtFirst) {
  EXPECT_FALSE(this->queue.any_due());
  EXPECT_TRUE(this->queue.empty());
}

TEST_F(StateQueueTest, TheFirstChangeGoesAtOnce) {
  this->queue.mark(19);
  EXPECT_TRUE(this->queue.any_due());
  EXPECT_TRUE(this->send(19));
  EXPECT_FALSE(this->queue.any_due());
  EXPECT_TRUE(this->queue.empty());
}

TEST_F(StateQueueTest, AnotherChangeWaitsForTheEndOfTheWindow) {
  this->queue.mark(3);
  EXPECT_TRUE(this->send(3));
  this->queue.mark(3);
  this->queue.handle_timer(5000 + WINDOW - 1);
  EXPECT_FALSE(this->queue.any_due());
  EXPECT_FALSE(this->queue.empty());
  EXPECT_FALSE(this->send(3));
  this->queue.handle_timer(5000 + WINDOW);
  EXPECT_TRUE(this->queue.any_due());
  EXPECT_TRUE(this->send(3));
}

TEST_F(StateQueueTest, WhatWaitsGoesAtOnceWhenAllIsReleased) {
  this->queue.mark(3);
  this->queue.mark(19);
  EXPECT_TRUE(this->send(3));
  EXPECT_TRUE(this->send(19));
  this->queue.mark(3);
  EXPECT_FALSE(this->queue.any_due());
  this->queue.release_all();
  EXPECT_TRUE(this->send(3));
  EXPECT_FALSE(this->send(19));
  EXPECT_TRUE(this->queue.empty());
}

TEST_F(StateQueueTest, ManyChangesWithinAWindowAreOneState) {
  int sent = 0;
  for (uint64_t now = 5000; now < 6000; now += 10) {
    this->queue.handle_timer(now);
    this->queue.mark(7);
    sent += this->send(7) ? 1 : 0;
  }
  EXPECT_EQ(sent, 10);
}

TEST_F(StateQueueTest, OneEntityDoesNotMakeAnotherWait) {
  this->queue.mark(1);
  EXPECT_TRUE(this->send(1));
  this->queue.mark(1);
  this->queue.mark(2);
  EXPECT_TRUE(this->queue.any_due());
  EXPECT_FALSE(this->send(1));
  EXPECT_TRUE(this->send(2));
}

TEST_F(StateQueueTest, WhatACommandCausesGoesAtOnce) {
  this->queue.mark(4);
  EXPECT_TRUE(this->send(4));
  this->queue.release(4);
  this->queue.mark(4);
  EXPECT_TRUE(this->send(4));
}

TEST_F(StateQueueTest, WhatWaitsIsReleasedByACommand) {
  this->queue.mark(4);
  EXPECT_TRUE(this->send(4));
  this->queue.mark(4);
  EXPECT_FALSE(this->queue.any_due());
  this->queue.release(4);
  this->queue.release(4);
  EXPECT_TRUE(this->send(4));
  EXPECT_FALSE(this->queue.any_due());
}

TEST_F(StateQueueTest, AMarkedEntityIsCountedOnce) {
  this->queue.mark(5);
  this->queue.mark(5);
  EXPECT_TRUE(this->send(5));
  EXPECT_FALSE(this->queue.any_due());
  EXPECT_TRUE(this->queue.empty());
}

TEST_F(StateQueueTest, WithoutAWindowEveryChangeGoesAtOnce) {
  this->queue.set_window(0);
  for (int i = 0; i < 5; i++) {
    this->queue.handle_timer(5000);
    this->queue.mark(0);
    EXPECT_TRUE(this->send(0));
  }
}

}  // namespace esphome::oceanremote
