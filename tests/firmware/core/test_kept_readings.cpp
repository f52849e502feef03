// Readings that outlive deep sleep: as many as fit, as much older as the board has slept, with their numbers.

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "kept_readings.h"

#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static constexpr uint32_t START_S = 1UL << 30;
static constexpr uint32_t BOARD_S = 5000;

struct Sensor {
  explicit Sensor(uint32_t its_key) : key(its_key) {}

  std::array<StoredReading, 8> buffer{};
  ReadingLog log{buffer.data(), 8, 0};
  uint32_t key;
};

static Bytes kept(const std::vector<const Sensor *> &sensors, size_t capacity, uint32_t reading_s = START_S + 100) {
  Bytes out(capacity, 0xEE);
  KeptReadingsWriter writer(out.data(), capacity, reading_s, BOARD_S);
  size_t left = sensors.size();
  for (const Sensor *sensor : sensors)
    writer.add(sensor->log, 0, sensor->key, left--);
  EXPECT_LE(writer.size(), capacity);
  out.resize(writer.size());
  return out;
}

TEST(KeptReadings, GrowAsMuchOlderAsTheBoardHasSlept) {
  Sensor before(7);
  before.log.add(START_S + 40, 1.5F);
  before.log.add(START_S + 90, 2.5F);
  const Bytes data = kept({&before}, 512);
  Sensor after(7);
  // Awake for two seconds after an hour of sleep: 3660 s and 3610 s before the sleep's end, and two more.
  const KeptReadings readings(view(data), START_S + 2, BOARD_S + 3602);
  EXPECT_EQ(readings.restore(after.log, 0, 7), 2U);
  EXPECT_EQ(START_S + 2 - after.log.at(0).at_s, 60U + 3602U);
  EXPECT_EQ(START_S + 2 - after.log.at(1).at_s, 10U + 3602U);
  EXPECT_EQ(after.log.at(0).value, 1.5F);
  EXPECT_EQ(after.log.at(1).value, 2.5F);
}

TEST(KeptReadings, KeepTheirNumbersAndWhatWasLost) {
  Sensor before(7);
  for (uint32_t i = 0; i < 10; i++)
    before.log.add(START_S + i, static_cast<float>(i));
  const Bytes data = kept({&before}, 512);
  Sensor after(7);
  EXPECT_EQ(KeptReadings(view(data), START_S, BOARD_S).restore(after.log, 0, 7), 8U);
  EXPECT_EQ(after.log.first(), 2U);
  EXPECT_EQ(after.log.lost(), 2U);
  after.log.add(START_S + 20, 99);
  EXPECT_EQ(after.log.first(), 3U);
  EXPECT_EQ(after.log.lost(), 3U);
}

TEST(KeptReadings, AnEmptyLogKeepsItsNumber) {
  Sensor before(7);
  before.log.add(START_S, 1);
  before.log.begin_link();
  uint8_t message[256];
  ASSERT_NE(before.log.write(message, sizeof(message), 0, 7, START_S), 0U);
  before.log.forget(1);
  const Bytes data = kept({&before}, 512);
  Sensor after(7);
  EXPECT_EQ(KeptReadings(view(data), START_S, BOARD_S).restore(after.log, 0, 7), 0U);
  EXPECT_EQ(after.log.first(), 1U);
}

TEST(KeptReadings, TheNewestAreKeptAndTheOthersCounted) {
  Sensor one(1);
  Sensor two(2);
  for (uint32_t i = 0; i < 8; i++) {
    one.log.add(START_S + i, static_cast<float>(i));
    two.log.add(START_S + i, static_cast<float>(i));
  }
  const size_t capacity = KEPT_READINGS_HEAD_SIZE + 2 * (KEPT_LOG_HEAD_SIZE + 3 * KEPT_READING_SIZE) + 7;
  const Bytes data = kept({&one, &two}, capacity);
  for (const uint32_t key : {1U, 2U}) {
    Sensor after(key);
    EXPECT_EQ(KeptReadings(view(data), START_S, BOARD_S).restore(after.log, 0, key), 3U);
    EXPECT_EQ(after.log.at(0).value, 5);
    EXPECT_EQ(after.log.first(), 5U);
    EXPECT_EQ(after.log.lost(), 5U);
  }
}

TEST(KeptReadings, WhatOneSensorDoesNotNeedIsTheOthers) {
  Sensor none(1);
  Sensor full(2);
  for (uint32_t i = 0; i < 8; i++)
    full.log.add(START_S + i, static_cast<float>(i));
  const size_t capacity = KEPT_READINGS_HEAD_SIZE + 2 * KEPT_LOG_HEAD_SIZE + 8 * KEPT_READING_SIZE;
  const Bytes data = kept({&none, &full}, capacity);
  Sensor after(2);
  EXPECT_EQ(KeptReadings(view(data), START_S, BOARD_S).restore(after.log, 0, 2), 8U);
}

TEST(KeptReadings, RoomForTheHeadsIsEnough) {
  Sensor one(1);
  one.log.add(START_S, 1);
  const Bytes data = kept({&one}, KEPT_READINGS_HEAD_SIZE + KEPT_LOG_HEAD_SIZE);
  Sensor after(1);
  EXPECT_EQ(KeptReadings(view(data), START_S, BOARD_S).restore(after.log, 0, 1), 0U);
  EXPECT_EQ(after.log.lost(), 1U);
}

TEST(KeptReadings, OfAnotherSensorAreNotTaken) {
  Sensor before(7);
  before.log.add(START_S, 1);
  const Bytes data = kept({&before}, 512);
  Sensor after(8);
  const KeptReadings readings(view(data), START_S, BOARD_S);
  EXPECT_EQ(readings.restore(after.log, 0, 8), 0U);
  EXPECT_EQ(readings.restore(after.log, 1, 7), 0U);
  EXPECT_EQ(after.log.first(), 0U);
}

TEST(KeptReadings, AClockThatIsAnotherOneMakesThemWorthless) {
  Sensor before(7);
  before.log.add(START_S, 1);
  const Bytes data = kept({&before}, 512);
  for (const uint32_t board_s : std::initializer_list<uint32_t>{0, BOARD_S - 1, BOARD_S + KEPT_READINGS_MAX_S + 1}) {
    Sensor after(7);
    EXPECT_EQ(KeptReadings(view(data), START_S, board_s).restore(after.log, 0, 7), 0U) << board_s;
  }
}

TEST(KeptReadings, WhateverIsCutOffNothingIsReadBeyondIt) {
  Sensor one(1);
  Sensor two(2);
  for (uint32_t i = 0; i < 4; i++) {
    one.log.add(START_S + i, static_cast<float>(i));
    two.log.add(START_S + i, static_cast<float>(i));
  }
  const Bytes whole = kept({&one, &two}, 512);
  for (size_t size = 0; size < whole.size(); size++) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    Sensor after(2);
    EXPECT_EQ(KeptReadings(view(part), START_S, BOARD_S).restore(after.log, 0, 2), 0U) << size;
  }
}

}  // namespace esphome::oceanremote::testing
