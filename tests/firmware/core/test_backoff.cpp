// Waits between attempts: doubling, bounded, jittered.

#include <gtest/gtest.h>

#include "backoff.h"

using namespace esphome::oceanremote;

TEST(Backoff, DoublesFromOneSecondToFiveMinutes) {
  Backoff backoff;
  uint32_t base = BACKOFF_MIN_MS;
  for (int attempt = 0; attempt < 12; attempt++) {
    EXPECT_EQ(backoff.next(0), base - base / 4);
    base = std::min(base * 2, BACKOFF_MAX_MS);
  }
  EXPECT_EQ(base, BACKOFF_MAX_MS);
}

TEST(Backoff, JitterStaysWithinAQuarterEitherWay) {
  for (uint32_t random : {0U, 1U, 250U, 499U, 500U, 501U, 0x7fffffffU, 0xffffffffU}) {
    Backoff backoff;
    const uint32_t wait = backoff.next(random);
    EXPECT_GE(wait, 750U);
    EXPECT_LE(wait, 1250U);
  }
  Backoff longest;
  EXPECT_EQ(longest.next(500), 1250U);
}

TEST(FirstDial, IsSpreadOverTwoSeconds) {
  EXPECT_EQ(first_dial_wait(0), 0U);
  EXPECT_EQ(first_dial_wait(FIRST_DIAL_SPREAD_MS), FIRST_DIAL_SPREAD_MS);
  EXPECT_EQ(FIRST_DIAL_SPREAD_MS, 2000U);
  for (uint32_t random : {1U, 2001U, 12345U, 0xffffffffU})
    EXPECT_LE(first_dial_wait(random), FIRST_DIAL_SPREAD_MS);
}

TEST(Backoff, StartsOverWhenReset) {
  Backoff backoff;
  (void) backoff.next(0);
  (void) backoff.next(0);
  backoff.reset();
  EXPECT_EQ(backoff.next(0), 750U);
}
