// IPv4 or IPv6 first, when the other, and when neither.

#include <gtest/gtest.h>

#include "family_order.h"

namespace esphome::oceanremote {

using Step = FamilyOrder::Step;
static constexpr LookupState RUNNING = LookupState::RUNNING;
static constexpr LookupState FOUND = LookupState::FOUND;
static constexpr LookupState FAILED = LookupState::FAILED;

class FamilyOrderTest : public ::testing::Test {
 protected:
  FamilyOrderTest() { this->order.begin(); }

  Step next() { return this->order.next(this->now, this->lookups); }
  bool gives_up() { return this->order.gives_up(this->now, this->lookups); }
  /// Expects a connection to be begun, and returns over which.
  Family family() {
    EXPECT_EQ(this->next(), Step::CONNECT);
    return this->order.family();
  }

  FamilyOrder order;
  LookupStates lookups{FOUND, FOUND, true};
  uint32_t now{UINT32_MAX - 100};  // it wraps on the way
};

TEST_F(FamilyOrderTest, ThePreferredIsFirstAndTheOtherFollows) {
  EXPECT_EQ(this->family(), Family::IPV6);
  EXPECT_EQ(this->family(), Family::IPV4);
  EXPECT_EQ(this->next(), Step::EXHAUSTED);
  this->order.begin();
  this->lookups.prefers_ipv6 = false;
  EXPECT_EQ(this->family(), Family::IPV4);
  EXPECT_EQ(this->family(), Family::IPV6);
  EXPECT_EQ(this->next(), Step::EXHAUSTED);
}

TEST_F(FamilyOrderTest, WhatIsNotFoundIsPassedOver) {
  this->lookups.ipv6 = FAILED;
  EXPECT_EQ(this->family(), Family::IPV4);
  EXPECT_FALSE(this->gives_up());
  EXPECT_EQ(this->next(), Step::EXHAUSTED);
  this->order.begin();
  this->lookups.ipv4 = FAILED;
  EXPECT_EQ(this->next(), Step::NOT_FOUND);
}

TEST_F(FamilyOrderTest, NothingIsBegunBeforeAnAnswer) {
  this->lookups = {RUNNING, RUNNING, true};
  EXPECT_EQ(this->next(), Step::WAIT);
  this->now += 10 * PREFERRED_ANSWER_MS;
  EXPECT_EQ(this->next(), Step::WAIT);
  this->lookups.ipv6 = FOUND;
  EXPECT_EQ(this->family(), Family::IPV6) << "without the other's";
}

TEST_F(FamilyOrderTest, ALatePreferredAnswerIsWaitedForAMoment) {
  this->lookups.ipv6 = RUNNING;
  EXPECT_EQ(this->next(), Step::WAIT);
  this->now += PREFERRED_ANSWER_MS - 1;
  EXPECT_EQ(this->next(), Step::WAIT);
  this->now += 1;
  EXPECT_EQ(this->family(), Family::IPV4);
  EXPECT_EQ(this->next(), Step::WAIT) << "the other's may still come";
  this->lookups.ipv6 = FOUND;
  EXPECT_EQ(this->family(), Family::IPV6);
}

TEST_F(FamilyOrderTest, TheWaitBeginsAnewWithEachDial) {
  this->lookups.ipv6 = RUNNING;
  EXPECT_EQ(this->next(), Step::WAIT);
  this->now += PREFERRED_ANSWER_MS;
  this->order.begin();
  EXPECT_EQ(this->next(), Step::WAIT);
}

TEST_F(FamilyOrderTest, AConnectionHasLimitedTimeWhileThereIsAnother) {
  EXPECT_EQ(this->family(), Family::IPV6);
  this->now += FIRST_CONNECTION_MS - 1;
  EXPECT_FALSE(this->gives_up());
  this->now += 1;
  EXPECT_TRUE(this->gives_up());
  EXPECT_EQ(this->family(), Family::IPV4);
  this->now += 10 * FIRST_CONNECTION_MS;
  EXPECT_FALSE(this->gives_up()) << "the last has what is left of the dial";
}

TEST_F(FamilyOrderTest, WhatGaveASessionIsFirstNextTime) {
  EXPECT_EQ(this->family(), Family::IPV6);
  EXPECT_EQ(this->family(), Family::IPV4);
  this->order.connected();
  this->order.proved();
  this->order.begin();
  EXPECT_EQ(this->family(), Family::IPV4);
  EXPECT_EQ(this->family(), Family::IPV6) << "all the same";
}

TEST_F(FamilyOrderTest, WhatConnectedWithoutASessionIsSecondNextTime) {
  EXPECT_EQ(this->family(), Family::IPV6);
  this->order.connected();
  this->order.begin();
  EXPECT_EQ(this->family(), Family::IPV4);
  this->order.connected();
  this->order.begin();
  EXPECT_EQ(this->family(), Family::IPV6) << "in turn";
}

TEST_F(FamilyOrderTest, WhatDidNotConnectChangesNothing) {
  EXPECT_EQ(this->family(), Family::IPV6);
  EXPECT_EQ(this->family(), Family::IPV4);
  this->order.begin();
  EXPECT_EQ(this->family(), Family::IPV6);
}

}  // namespace esphome::oceanremote
