// Signals wait in their order, whole, within the bounds of their buffer.

#include <gtest/gtest.h>

#include <vector>

#include "signal_queue.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static constexpr EntityAddress EYE{24, 0, 8};
static constexpr EntityAddress EAR{24, UINT32_MAX, UINT32_MAX};
/// What a signal takes beside its timings.
static constexpr size_t HEAD = 16;

static bool add(SignalQueue &queue, const EntityAddress &receiver, const std::vector<int32_t> &timings) {
  return queue.add(receiver, {timings.data(), timings.size()});
}

TEST(SignalQueue, KeepsSignalsInTheirOrder) {
  uint8_t buffer[64];
  SignalQueue queue(buffer, sizeof(buffer));
  EXPECT_TRUE(queue.empty());
  for (int round = 0; round < 10; round++) {
    EXPECT_TRUE(add(queue, EYE, {9000, -4500}));
    EXPECT_TRUE(add(queue, EAR, {1}));
    EXPECT_EQ(queue.front().receiver, EYE);
    EXPECT_EQ(to_hex(queue.front().timings), "d08c01a746");
    queue.pop();
    EXPECT_EQ(queue.front().receiver, EAR);
    EXPECT_EQ(to_hex(queue.front().timings), "02");
    queue.pop();
    EXPECT_TRUE(queue.empty());
  }
}

TEST(SignalQueue, WritesTheExtremes) {
  uint8_t buffer[64];
  SignalQueue queue(buffer, sizeof(buffer));
  EXPECT_TRUE(add(queue, EYE, {0, -1, INT32_MAX, INT32_MIN}));
  EXPECT_EQ(to_hex(queue.front().timings), "0001feffffff0fffffffff0f");
}

TEST(SignalQueue, HasNoSignalWithoutTimings) {
  uint8_t buffer[HEAD];
  SignalQueue queue(buffer, sizeof(buffer));
  EXPECT_TRUE(add(queue, EYE, {}));
  EXPECT_TRUE(queue.empty());
}

TEST(SignalQueue, LosesWholeWhatItCannotHold) {
  uint8_t buffer[HEAD + 6];
  SignalQueue queue(buffer, sizeof(buffer));
  EXPECT_FALSE(add(queue, EYE, {1, 2, 3, 4, 5, 6, 7}));
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(add(queue, EYE, {1, 2}));
  EXPECT_FALSE(add(queue, EYE, {1}));
  EXPECT_EQ(to_hex(queue.front().timings), "0204");
  queue.pop();
  EXPECT_TRUE(add(queue, EYE, {1, 2, 3, 4, 5, 6}));
}

TEST(SignalQueue, LosesWhatIsLongerThanAHubTakes) {
  static uint8_t buffer[2 * SIGNAL_MAX];
  SignalQueue queue(buffer, sizeof(buffer));
  EXPECT_FALSE(add(queue, EYE, std::vector<int32_t>(SIGNAL_MAX + 1, 1)));
  EXPECT_TRUE(add(queue, EYE, std::vector<int32_t>(SIGNAL_MAX, 1)));
  EXPECT_EQ(queue.front().timings.size, SIGNAL_MAX);
}

TEST(SignalQueue, ForgetsAll) {
  uint8_t buffer[HEAD + 6];
  SignalQueue queue(buffer, sizeof(buffer));
  EXPECT_TRUE(add(queue, EYE, {1, 2}));
  queue.clear();
  EXPECT_TRUE(queue.empty());
}

}  // namespace esphome::oceanremote::testing
