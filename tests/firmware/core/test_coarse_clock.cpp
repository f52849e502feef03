// The record's clock: rarely written, and never far ahead of the world.

#include <gtest/gtest.h>

#include "coarse_clock.h"

namespace esphome::oceanremote::testing {

static constexpr uint32_t BUILT = 1790000000;

TEST(CoarseClock, IsWrittenAfterADayOfRunning) {
  CoarseClock clock;
  clock.start(0, BUILT);
  EXPECT_EQ(clock.hear(BUILT + 9 * DAY_S, DAY_MS - 1), 0U);
  EXPECT_EQ(clock.hear(BUILT + DAY_S + 5, DAY_MS), BUILT + DAY_S + 5);
  clock.stored(BUILT + DAY_S + 5, DAY_MS);
  EXPECT_EQ(clock.hear(BUILT + 9 * DAY_S, 2 * DAY_MS - 1), 0U);
  EXPECT_EQ(clock.hear(BUILT + DAY_S + 6, 2 * DAY_MS), 0U) << "nothing new";
  EXPECT_EQ(clock.hear(BUILT + 2 * DAY_S + 5, 2 * DAY_MS), BUILT + 2 * DAY_S + 5);
}

TEST(CoarseClock, NeverGoesBack) {
  CoarseClock clock;
  clock.start(BUILT + 400 * DAY_S, BUILT);
  for (const uint64_t hub : {UINT64_C(0), UINT64_C(1), UINT64_C(1790000000), UINT64_C(1790000000) + 400 * DAY_S})
    EXPECT_EQ(clock.hear(hub, 5 * DAY_MS), 0U);
}

TEST(CoarseClock, AHubWithAWrongClockLeavesItADayAheadForEachDay) {
  CoarseClock clock;
  uint32_t kept = BUILT + DAY_S;
  clock.start(kept, BUILT);
  for (uint64_t day = 1; day <= 7; day++) {
    const uint32_t next = clock.hear(UINT64_MAX / 1000, day * DAY_MS);
    ASSERT_EQ(next, kept + CLOCK_STEP_S);
    clock.stored(kept = next, day * DAY_MS);
  }
  EXPECT_EQ(kept, BUILT + 8 * DAY_S + 7 * DAY_S);
}

TEST(CoarseClock, CatchesUp) {
  CoarseClock clock;
  uint32_t kept = BUILT;
  clock.start(kept, BUILT);
  for (uint64_t day = 1; day <= 40; day++) {
    const uint32_t next = clock.hear(BUILT + 30ULL * DAY_S + day * DAY_S, day * DAY_MS);
    clock.stored(kept = next, day * DAY_MS);
  }
  EXPECT_EQ(kept, BUILT + 70 * DAY_S);
}

TEST(CoarseClock, IsNotKeptWithoutATimeOfBuilding) {
  CoarseClock clock;
  clock.start(0, 0);
  EXPECT_EQ(clock.hear(BUILT, 9 * DAY_MS), 0U);
}

TEST(CoarseClock, EndsInsteadOfWrapping) {
  CoarseClock clock;
  clock.start(UINT32_MAX - DAY_S, BUILT);
  EXPECT_EQ(clock.hear(UINT64_MAX / 1000, DAY_MS), 0U);
}

}  // namespace esphome::oceanremote::testing
