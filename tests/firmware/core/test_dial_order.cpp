// Which address comes next, and what an address that asks for time delays.

#include <gtest/gtest.h>

#include "dial_order.h"

namespace esphome::oceanremote {

// A random number of a whole base or more in the span gives waits of 75 to 125 %.
static constexpr uint32_t RANDOM = 0;
static constexpr uint64_t FIRST_WAIT_MS = 750;
static constexpr uint64_t NOW = 1000000;

class DialOrderTest : public ::testing::Test {
 protected:
  DialOrderTest() { this->order.set_count(3); }

  /// The wait after a failure at `now`.
  uint64_t fail(uint16_t retry_after_s = 0) { return this->order.failed(this->now, retry_after_s, RANDOM) - this->now; }

  DialOrder<8> order;
  uint64_t now{NOW};
};

TEST_F(DialOrderTest, ARoundGoesThroughAllAddressesAtOnceAndThenWaits) {
  EXPECT_EQ(this->order.index(), 0);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 1);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 2);
  EXPECT_EQ(this->fail(), FIRST_WAIT_MS);
  EXPECT_EQ(this->order.index(), 0);
}

TEST_F(DialOrderTest, AnAddressThatAsksForTimeDelaysNoOther) {
  EXPECT_EQ(this->fail(300), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 1);
  EXPECT_EQ(this->fail(), NEXT_ADDRESS_MS);
  EXPECT_EQ(this->order.index(), 2);
  EXPECT_EQ(this->fail(), FIRST_WAIT_MS) << "a new round";
  EXPECT_EQ(this->order.index(), 1) << "without the first";
}

TEST_F(DialOrderTest, AnAddressThatAskedForTimeComesBackAfterIt) {
  (void) this->fail(10);
  (void) this->fail();
  this->now += 9999;
  (void) this->fail();
  EXPECT_EQ(this->order.index(), 1);
  this->now += 1;
  (void) this->fail();
  (void) this->fail();
  EXPECT_EQ(this->order.index(), 0);
}

TEST_F(DialOrderTest, WhenAllAskForTimeTheSoonestIsNext) {
  (void) this->fail(30);
  (void) this->fail(10);
  EXPECT_EQ(this->fail(20), 10000U);
  EXPECT_EQ(this->order.index(), 1);
}

TEST_F(DialOrderTest, TimeThatWasAskedForIsNeverLessThanTheBackoff) {
  this->order.set_count(1);
  for (int i = 0; i < 4; i++)
    (void) this->fail();
  EXPECT_EQ(this->fail(1), FIRST_WAIT_MS * 16);
}

TEST_F(DialOrderTest, ALinkThatEndsBeginsWithTheFirstAddressAgain) {
  (void) this->fail();
  EXPECT_EQ(this->order.ended(this->now, 0, true, RANDOM) - this->now, FIRST_WAIT_MS);
  EXPECT_EQ(this->order.index(), 0);
}

TEST_F(DialOrderTest, ALinkThatLastedResetsTheBackoff) {
  EXPECT_EQ(this->order.ended(this->now, 0, false, RANDOM) - this->now, FIRST_WAIT_MS);
  EXPECT_EQ(this->order.ended(this->now, 0, false, RANDOM) - this->now, FIRST_WAIT_MS * 2);
  EXPECT_EQ(this->order.ended(this->now, 0, true, RANDOM) - this->now, FIRST_WAIT_MS);
}

}  // namespace esphome::oceanremote
