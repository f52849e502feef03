// The last lines of the log: what a reset leaves of them, and what of it is believed.

#include <gtest/gtest.h>

#include "frames.h"
#include "kept_lines.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

class KeptLinesTest : public ::testing::Test {
 protected:
  /// Another boot, over the same memory.
  ResetReason boot(ResetReason reason) {
    this->kept_ = KeptLines();
    this->kept_.set_area(this->area_, sizeof(this->area_));
    return this->kept_.begin(reason);
  }
  std::string told(size_t capacity = 1024) const {
    uint8_t payload[1024];
    const size_t size = this->kept_.write(payload, capacity);
    EXPECT_LE(size, capacity);
    return to_hex({payload, size});
  }

  uint8_t area_[256]{};
  KeptLines kept_;
};

static std::string hex_of(const std::string &text) {
  return to_hex({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

TEST_F(KeptLinesTest, ACrashLeavesTheLinesInOrder) {
  EXPECT_EQ(this->boot(ResetReason::POWER_ON), ResetReason::POWER_ON);
  EXPECT_FALSE(this->kept_.has_crash());
  this->kept_.push({2, "a", "b"});
  this->kept_.push({1, "", "c"});
  EXPECT_EQ(this->boot(ResetReason::CRASH), ResetReason::CRASH);
  ASSERT_TRUE(this->kept_.has_crash());
  EXPECT_EQ(this->told(), "831165" + hex_of("Crash") + "82" + "830261616162" + "8301606163");
}

TEST_F(KeptLinesTest, NothingGoesInBeforeTheLinesOfACrashAreTold) {
  this->boot(ResetReason::POWER_ON);
  this->kept_.push({1, "a", "first"});
  this->boot(ResetReason::WATCHDOG);
  this->kept_.push({1, "a", "second"});
  this->boot(ResetReason::CRASH);
  EXPECT_EQ(this->told(), "831168" + hex_of("Watchdog") + "818301616165" + hex_of("first"));
  this->boot(ResetReason::RESTART);  // a planned one in between changes nothing
  ASSERT_TRUE(this->kept_.has_crash());
  this->kept_.told();
  EXPECT_FALSE(this->kept_.has_crash());
  this->kept_.push({1, "a", "third"});
  this->boot(ResetReason::BROWNOUT);
  EXPECT_EQ(this->told(), "831168" + hex_of("Brownout") + "818301616165" + hex_of("third"));
}

TEST_F(KeptLinesTest, NoCrashIsToldOfWhatWasPlanned) {
  for (const ResetReason reason : {ResetReason::POWER_ON, ResetReason::RESTART, ResetReason::WAKE_UP}) {
    this->boot(ResetReason::POWER_ON);
    this->kept_.push({1, "a", "b"});
    this->boot(reason);
    EXPECT_FALSE(this->kept_.has_crash());
  }
  this->kept_.push({1, "a", "b"});
  this->kept_.leave();
  this->boot(ResetReason::WATCHDOG);  // what some boards restart themselves by
  EXPECT_FALSE(this->kept_.has_crash());
}

TEST_F(KeptLinesTest, TheMemoryKnowsWhereTheBoardCannotTell) {
  EXPECT_EQ(this->boot(ResetReason::UNKNOWN), ResetReason::POWER_ON);
  EXPECT_EQ(this->boot(ResetReason::UNKNOWN), ResetReason::CRASH);
  this->kept_.told();
  this->kept_.leave();
  EXPECT_EQ(this->boot(ResetReason::UNKNOWN), ResetReason::RESTART);
}

TEST_F(KeptLinesTest, TheOldestLinesGoWhereThereIsNoRoom) {
  this->boot(ResetReason::POWER_ON);
  for (int i = 0; i < 1000; i++)
    this->kept_.push({1, "a", "line " + std::to_string(i)});
  this->kept_.push({1, std::string(100, 't'), std::string(2000, 'x')});  // fills all of it, and is cut
  this->boot(ResetReason::CRASH);
  const std::string all = this->told();
  EXPECT_EQ(all.substr(0, 18), "831165" + hex_of("Crash") + "81");
  EXPECT_EQ(all.size() / 2, 3U + 5 + 1 + 2 + 66 + 2 + (256 - KeptLines::HEADER_SIZE - 4 - 64));
  // What does not fit into the message is left out, and it is still one.
  EXPECT_EQ(this->told(200), "831165" + hex_of("Crash") + "80");
}

TEST_F(KeptLinesTest, WhatIsNoTextIsToldAsSuch) {
  this->boot(ResetReason::POWER_ON);
  this->kept_.push({9, "\xFF", "\xC3"});
  this->boot(ResetReason::CRASH);
  EXPECT_EQ(this->told(), "831165" + hex_of("Crash") + "818307613f613f");
}

TEST_F(KeptLinesTest, NoMemoryIsBelievedThatDoesNotAgreeWithItself) {
  for (const int filling : {0x00, 0xFF, 0x55, 0xAA}) {
    std::memset(this->area_, filling, sizeof(this->area_));
    EXPECT_EQ(this->boot(ResetReason::CRASH), ResetReason::CRASH);
    EXPECT_FALSE(this->kept_.has_crash());
  }
  this->boot(ResetReason::POWER_ON);
  this->kept_.push({1, "a", "whole"});
  this->kept_.push({1, "a", "spoilt"});
  uint8_t before[sizeof(this->area_)];
  std::memcpy(before, this->area_, sizeof(before));
  const size_t used = KeptLines::HEADER_SIZE + (4 + 1 + 5) + (4 + 1 + 6);
  for (size_t at = 0; at < used; at++) {
    for (int bit = 0; bit < 8; bit++) {
      std::memcpy(this->area_, before, sizeof(before));
      this->area_[at] = static_cast<uint8_t>(this->area_[at] ^ 1U << bit);
      this->boot(ResetReason::CRASH);
      if (at < KeptLines::HEADER_SIZE) {
        EXPECT_FALSE(this->kept_.has_crash()) << at;
      } else {
        ASSERT_TRUE(this->kept_.has_crash());
        const std::string lines = at < KeptLines::HEADER_SIZE + 10 ? "80" : "818301616165" + hex_of("whole");
        EXPECT_EQ(this->told(), "831165" + hex_of("Crash") + lines) << at << " " << bit;
      }
    }
  }
}

TEST_F(KeptLinesTest, ABoardWithoutSuchMemoryKeepsNothing) {
  KeptLines none;
  EXPECT_EQ(none.begin(ResetReason::CRASH), ResetReason::CRASH);
  none.push({1, "a", "b"});
  none.leave();
  EXPECT_FALSE(none.has_crash());
}

}  // namespace esphome::oceanremote::testing
