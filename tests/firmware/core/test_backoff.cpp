// Waits between attempts: doubling, bounded, jittered.

#include <gtest/gtest.h>

#include "backoff.h"

using namespace esphome::oceanremote;

static constexpr uint32_t ANY_RANDOM[] = {0, 1, 250, 499, 500, 501, 0x7fffffff, 0xffffffff};

TEST(Backoff, DoublesFromASecondToAMinute) {
  Backoff backoff;
  for (const uint32_t base : {1000U, 2000U, 4000U, 8000U, 16000U, 32000U, 60000U, 60000U, 60000U})
    EXPECT_EQ(backoff.next(false, 0), base);
}

TEST(Backoff, HurriesWhileTheHubIsLikelyToComeBack) {
  Backoff backoff;
  for (const uint32_t base : {1000U, 2000U, 4000U, 5000U, 5000U, 5000U})
    EXPECT_EQ(backoff.next(true, 0), base);
  for (const uint32_t base : {10000U, 20000U, 40000U, 60000U})
    EXPECT_EQ(backoff.next(false, 0), base) << "and slows down from there";
}

TEST(Backoff, JitterTakesUpToHalfAndAddsNothing) {
  for (const uint32_t random : ANY_RANDOM) {
    Backoff backoff;
    const uint32_t wait = backoff.next(false, random);
    EXPECT_GE(wait, 500U);
    EXPECT_LE(wait, 1000U);
  }
  Backoff shortest;
  EXPECT_EQ(shortest.next(false, 500), 500U);
}

TEST(Backoff, StartsOverWhenReset) {
  Backoff backoff;
  (void) backoff.next(false, 0);
  (void) backoff.next(false, 0);
  backoff.reset();
  EXPECT_EQ(backoff.next(false, 0), 1000U);
}

TEST(RefusalPauses, Are1And5And15AndThen60Minutes) {
  RefusalPauses pauses;
  for (const uint32_t minutes : {1U, 5U, 15U, 60U, 60U, 60U})
    EXPECT_EQ(pauses.next(0), minutes * 60000);
  pauses.reset();
  EXPECT_EQ(pauses.next(0), 60000U);
}

TEST(RefusalPauses, JitterTakesUpToAQuarterAndAddsNothing) {
  for (const uint32_t random : ANY_RANDOM) {
    RefusalPauses pauses;
    const uint32_t wait = pauses.next(random);
    EXPECT_GE(wait, 45000U);
    EXPECT_LE(wait, 60000U);
  }
}

TEST(FirstDial, IsSpreadOverTwoSeconds) {
  EXPECT_EQ(first_dial_wait(0), 0U);
  EXPECT_EQ(first_dial_wait(FIRST_DIAL_SPREAD_MS), FIRST_DIAL_SPREAD_MS);
  EXPECT_EQ(FIRST_DIAL_SPREAD_MS, 2000U);
  for (uint32_t random : {1U, 2001U, 12345U, 0xffffffffU})
    EXPECT_LE(first_dial_wait(random), FIRST_DIAL_SPREAD_MS);
}
