// What holds a board that sleeps, and that nothing of its own holds it for ever.

#include <gtest/gtest.h>

#include "sleep_hold.h"

namespace esphome::oceanremote::testing {

TEST(SleepHold, NothingHoldsABoardWithoutALink) {
  SleepHold hold;
  EXPECT_FALSE(hold.holds(0));
  EXPECT_FALSE(hold.told());
  hold.link_opened(1000);
  hold.link_ended();
  EXPECT_FALSE(hold.holds(1000));
  hold.states_told(1000);
  EXPECT_FALSE(hold.holds(1000));
  EXPECT_FALSE(hold.told()) << "of a link that is over";
}

TEST(SleepHold, ALinkHoldsUntilTheStatesAreToldAndTheHubHasSpoken) {
  SleepHold hold;
  hold.link_opened(1000);
  EXPECT_TRUE(hold.holds(1000));
  hold.states_told(3000);
  EXPECT_TRUE(hold.told());
  EXPECT_TRUE(hold.holds(3000));
  hold.hub_says(false);
  EXPECT_FALSE(hold.holds(3000));
}

TEST(SleepHold, AHubThatSpokeBeforeIsNotWaitedFor) {
  SleepHold hold;
  hold.link_opened(1000);
  hold.hub_says(false);
  EXPECT_TRUE(hold.holds(2000)) << "the states are not told yet";
  hold.states_told(3000);
  EXPECT_FALSE(hold.holds(3000));
}

TEST(SleepHold, AHubThatSaysNothingIsWaitedForABoundedTime) {
  SleepHold hold;
  hold.link_opened(1000);
  hold.states_told(2000);
  EXPECT_TRUE(hold.holds(2000 + LISTENING_MAX_MS - 1));
  EXPECT_FALSE(hold.holds(2000 + LISTENING_MAX_MS));
}

TEST(SleepHold, StatesThatAreNeverToldHoldForABoundedTime) {
  SleepHold hold;
  hold.link_opened(1000);
  EXPECT_TRUE(hold.holds(1000 + TELLING_MAX_MS - 1));
  EXPECT_FALSE(hold.holds(1000 + TELLING_MAX_MS));
}

TEST(SleepHold, TheHubHoldsUntilItLetsGoOrTheLinkEnds) {
  SleepHold hold;
  hold.link_opened(0);
  hold.hub_says(true);
  hold.states_told(10);
  EXPECT_TRUE(hold.holds(UINT64_C(1) << 40)) << "for maintenance, as long as it likes";
  hold.hub_says(false);
  EXPECT_FALSE(hold.holds(20));
  hold.hub_says(true);
  EXPECT_TRUE(hold.holds(20));
  hold.link_ended();
  EXPECT_FALSE(hold.holds(20));
  hold.link_opened(30);
  hold.states_told(40);
  EXPECT_FALSE(hold.holds(40 + LISTENING_MAX_MS)) << "what was said on another link";
}

TEST(SleepHold, WhatIsToldAgainHoldsNothing) {
  SleepHold hold;
  hold.link_opened(0);
  hold.hub_says(false);
  hold.states_told(10);
  hold.states_told(20);  // after a rotation that asked for the description
  EXPECT_FALSE(hold.holds(20));
}

TEST(SleepHold, ReadingsHoldItUntilTheyAreSettled) {
  SleepHold hold;
  hold.link_opened(1000);
  hold.states_told(1000);
  hold.hub_says(false);
  EXPECT_FALSE(hold.awaits_readings());
  hold.readings_begin(2000);
  EXPECT_TRUE(hold.awaits_readings());
  EXPECT_TRUE(hold.holds(2000));
  hold.readings_end();
  EXPECT_FALSE(hold.holds(2000));
  EXPECT_FALSE(hold.awaits_readings());
}

TEST(SleepHold, ReadingsThatNobodyTakesHoldItForABoundedTime) {
  SleepHold hold;
  hold.link_opened(1000);
  hold.states_told(1000);
  hold.hub_says(false);
  hold.readings_begin(2000);
  EXPECT_TRUE(hold.holds(2000 + READINGS_MAX_MS - 1));
  EXPECT_FALSE(hold.holds(2000 + READINGS_MAX_MS));
}

TEST(SleepHold, ReadingsHoldNoBoardWhoseLinkIsOver) {
  SleepHold hold;
  hold.link_opened(1000);
  hold.readings_begin(1000);
  hold.link_ended();
  EXPECT_FALSE(hold.holds(1000));
}

}  // namespace esphome::oceanremote::testing
