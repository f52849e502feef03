// Readings kept while there is no session: bounded, numbered, told again until they are taken.

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "reading_log.h"

#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static constexpr uint32_t START_S = 1UL << 30;

class ReadingLogTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<float> values() const {
    std::vector<float> found;
    for (uint16_t i = 0; i < this->log.count(); i++)
      found.push_back(this->log.at(i).value);
    return found;
  }
  /// One message as hexadecimal digits; empty: none.
  std::string next(uint32_t now_s, size_t capacity = 512) {
    uint8_t out[2048];
    const size_t size = this->log.write(out, capacity, 0, 7, now_s);
    return to_hex(Bytes(out, out + size));
  }

  StoredReading buffer[3]{};
  ReadingLog log{buffer, 3, 0};
};

TEST_F(ReadingLogTest, KeepsEveryChange) {
  this->log.add(START_S, 1);
  this->log.add(START_S + 1, 1);
  this->log.add(START_S + 2, 2);
  this->log.add(START_S + 3, 1);
  EXPECT_EQ(this->values(), (std::vector<float>{1, 2, 1}));
}

TEST_F(ReadingLogTest, KeepsWhatStaysTheSameOnceInAWhile) {
  this->log.add(START_S, 1);
  this->log.add(START_S + ReadingLog::UNCHANGED_S - 1, 1);
  EXPECT_EQ(this->log.count(), 1);
  this->log.add(START_S + ReadingLog::UNCHANGED_S, 1);
  EXPECT_EQ(this->log.count(), 2);
}

TEST_F(ReadingLogTest, KeepsOneInAnInterval) {
  ReadingLog paced(this->buffer, 3, 60);
  for (uint32_t second = 0; second < 121; second++)
    paced.add(START_S + second, static_cast<float>(second));
  ASSERT_EQ(paced.count(), 3);
  EXPECT_EQ(paced.at(0).value, 0);
  EXPECT_EQ(paced.at(1).value, 60);
  EXPECT_EQ(paced.at(2).value, 120);
}

TEST_F(ReadingLogTest, KeepsNothingThatIsNoNumber) {
  this->log.add(START_S, NAN);
  this->log.add(START_S, std::numeric_limits<float>::infinity());
  this->log.add(START_S, -std::numeric_limits<float>::infinity());
  EXPECT_EQ(this->log.count(), 0);
}

TEST_F(ReadingLogTest, DropsTheOldestAndCountsThem) {
  for (uint32_t i = 0; i < 8; i++)
    this->log.add(START_S + i, static_cast<float>(i));
  EXPECT_EQ(this->values(), (std::vector<float>{5, 6, 7}));
  EXPECT_EQ(this->log.lost(), 5U);
  // Numbered from 5 on, 5 lost; ages 5, 4, 3.
  EXPECT_EQ(this->next(START_S + 10), "880f0007050005f4838205f945008204f946008203f94700");
}

TEST_F(ReadingLogTest, TellsEachOnceOnALinkAndAgainOnTheNext) {
  this->log.begin_link();
  EXPECT_FALSE(this->log.any_unsent());
  EXPECT_EQ(this->next(START_S), "");
  this->log.add(START_S, 1);
  const std::string told = "880f0007000000f4818200f93c00";
  EXPECT_TRUE(this->log.any_unsent());
  EXPECT_EQ(this->next(START_S), told);
  EXPECT_FALSE(this->log.any_unsent());
  EXPECT_EQ(this->next(START_S), "");
  this->log.begin_link();
  EXPECT_EQ(this->next(START_S), told);
}

TEST_F(ReadingLogTest, TellsInPartsWhatOneMessageDoesNotHold) {
  for (uint32_t i = 0; i < 3; i++)
    this->log.add(START_S + i, static_cast<float>(i));
  // Room for the head and one reading of the longest kind.
  EXPECT_EQ(this->next(START_S + 2, 41), "880f0007000200f4818202f90000");
  EXPECT_EQ(this->next(START_S + 2, 40), "") << "none fits";
  EXPECT_EQ(this->next(START_S + 2, 52), "880f0007010000f4828201f93c008200f94000");
}

TEST_F(ReadingLogTest, TellsNoMoreThanAMessageMayHave) {
  std::vector<StoredReading> many(200);
  ReadingLog large(many.data(), 200, 0);
  for (uint32_t i = 0; i < 200; i++)
    large.add(START_S + i, static_cast<float>(i));
  uint8_t out[4096];
  EXPECT_GT(large.write(out, sizeof(out), 0, 7, START_S + 200), 0U);
  large.forget(READINGS_MAX + 1);
  EXPECT_EQ(large.count(), 200) << "the last of these was not told yet";
  large.forget(READINGS_MAX);
  EXPECT_EQ(large.count(), 200 - READINGS_MAX);
}

TEST_F(ReadingLogTest, ForgetsWhatIsTakenAndNothingElse) {
  for (uint32_t i = 0; i < 4; i++)
    this->log.add(START_S + i, static_cast<float>(i));
  this->log.forget(2);
  EXPECT_EQ(this->log.count(), 3) << "none was told on this link";
  EXPECT_NE(this->next(START_S + 4), "");
  for (const uint32_t wrong : std::initializer_list<uint32_t>{0, 1, 5, UINT32_MAX}) {
    this->log.forget(wrong);
    EXPECT_EQ(this->log.count(), 3) << wrong;
  }
  this->log.forget(3);
  EXPECT_EQ(this->values(), (std::vector<float>{3}));
  EXPECT_EQ(this->log.lost(), 0U) << "what was lost has been told";
  this->log.forget(4);
  EXPECT_EQ(this->log.count(), 0);
  this->log.add(START_S + 5, 3);
  EXPECT_EQ(this->next(START_S + 5), "880f0007040000f4818200f94200");
}

}  // namespace esphome::oceanremote::testing
