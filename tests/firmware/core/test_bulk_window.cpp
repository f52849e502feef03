// How much of what is in no hurry may be under way, so that what is in a hurry never waits for more.

#include <gtest/gtest.h>

#include "bulk_window.h"

namespace esphome::oceanremote::testing {

static constexpr uint16_t SIZE = BulkWindow::SIZE;
static constexpr uint64_t PATIENCE_MS = BulkWindow::PATIENCE_MS;

TEST(BulkWindow, IsOpenUntilItIsFull) {
  BulkWindow window;
  EXPECT_TRUE(window.is_idle(0));
  window.sent(SIZE - 1);
  EXPECT_TRUE(window.is_open(0));
  EXPECT_FALSE(window.is_idle(0));
  window.sent(1);
  EXPECT_FALSE(window.is_open(0));
}

TEST(BulkWindow, AsksOnceForWhatHasGoneOut) {
  BulkWindow window;
  EXPECT_FALSE(window.take_ask(0)) << "nothing to ask about";
  window.sent(100);
  EXPECT_TRUE(window.take_ask(0));
  EXPECT_FALSE(window.take_ask(0)) << "it is under way";
  window.answered();
  EXPECT_TRUE(window.is_idle(0));
  EXPECT_FALSE(window.take_ask(0));
}

TEST(BulkWindow, AnAnswerIsAboutWhatWentBeforeItsPing) {
  BulkWindow window;
  window.sent(SIZE - 1);
  ASSERT_TRUE(window.take_ask(0));
  window.sent(SIZE);
  EXPECT_FALSE(window.take_ask(0)) << "one at a time";
  window.answered();
  EXPECT_FALSE(window.is_open(0)) << "what went behind the ping is still under way";
  EXPECT_TRUE(window.take_ask(0));
  window.answered();
  EXPECT_TRUE(window.is_idle(0));
}

TEST(BulkWindow, DoesNotWaitForEverForWhatSomethingOnTheWayKeeps) {
  for (const uint64_t start : {uint64_t{0}, uint64_t{UINT32_MAX} - 10, uint64_t{1} << 40}) {
    BulkWindow window;
    window.sent(SIZE);
    ASSERT_TRUE(window.take_ask(start));
    EXPECT_FALSE(window.is_open(start + PATIENCE_MS - 1)) << start;
    EXPECT_TRUE(window.is_open(start + PATIENCE_MS)) << start;
    EXPECT_TRUE(window.is_idle(start + PATIENCE_MS)) << start;
  }
}

TEST(BulkWindow, AnAnswerThatNobodyAskedForOpensNothing) {
  BulkWindow window;
  window.sent(SIZE);
  window.answered();
  EXPECT_FALSE(window.is_open(0));
}

TEST(BulkWindow, ANewLinkBeginsWithNothingUnderWay) {
  BulkWindow window;
  window.sent(SIZE);
  ASSERT_TRUE(window.take_ask(0));
  window.sent(SIZE);
  window.begin_link();
  EXPECT_TRUE(window.is_idle(0));
  EXPECT_FALSE(window.take_ask(0));
}

}  // namespace esphome::oceanremote::testing
