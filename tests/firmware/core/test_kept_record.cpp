// What outlives deep sleep is believed only as it was put there.

#include <gtest/gtest.h>

#include <cstring>
#include <type_traits>

#include "kept_record.h"

namespace esphome::oceanremote::testing {

using Record = KeptRecord<16>;

static void put(Record &record, uint64_t owner, const char *text) {
  std::memcpy(record.room(), text, std::strlen(text));
  record.seal(owner, std::strlen(text));
}

static std::string got(const Record &record, uint64_t owner) {
  const ByteView data = record.get(owner);
  return {reinterpret_cast<const char *>(data.data), data.size};
}

TEST(KeptRecord, NothingInitialisesIt) { EXPECT_TRUE(std::is_trivially_default_constructible_v<Record>); }

TEST(KeptRecord, GivesBackWhatWasPutIn) {
  Record record;
  put(record, 7, "a session");
  EXPECT_EQ(got(record, 7), "a session");
  put(record, 8, "sixteen letters!");
  EXPECT_EQ(got(record, 8), "sixteen letters!");
}

TEST(KeptRecord, GivesNothingToAnotherOwner) {
  Record record;
  put(record, UINT64_C(0x1000000007), "a session");
  EXPECT_EQ(got(record, 7), "");
}

TEST(KeptRecord, GivesNothingOnceCleared) {
  Record record;
  put(record, 7, "a session");
  record.clear();
  EXPECT_EQ(got(record, 7), "");
  for (size_t i = 0; i < Record::capacity(); i++)
    EXPECT_EQ(record.room()[i], 0);
}

TEST(KeptRecord, WhatAColdStartFindsIsNothing) {
  for (int fill : {0x00, 0x55, 0xFF}) {
    Record record;
    std::memset(static_cast<void *>(&record), fill, sizeof(record));
    for (uint64_t owner : {UINT64_C(0), UINT64_C(0x5555555555555555), UINT64_MAX})
      EXPECT_EQ(got(record, owner), "") << fill;
  }
}

TEST(KeptRecord, ABitThatFlipsAnywhereCostsAll) {
  Record record;
  put(record, 7, "sixteen letters!");
  auto *bytes = reinterpret_cast<uint8_t *>(&record);
  for (size_t bit = 0; bit < sizeof(record) * 8; bit++) {
    bytes[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
    EXPECT_EQ(got(record, 7), "") << bit;
    bytes[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
  }
  EXPECT_EQ(got(record, 7), "sixteen letters!");
}

}  // namespace esphome::oceanremote::testing
