// The identity record, its store, the handshake counter.

#include <gtest/gtest.h>

#include "support/fakes.h"

namespace esphome::oceanremote::testing {

static void fill(Identity &identity) {
  std::memset(identity.private_key.data(), 0x11, KEY_SIZE);
  std::memset(identity.current_token.data(), 0x22, KEY_SIZE);
  std::memset(identity.previous_token.data(), 0x33, KEY_SIZE);
  identity.generation = 0x01020304;
  identity.reservations = 5;
  std::memset(identity.token_handle, 0x44, TOKEN_HANDLE_SIZE);
  std::memset(identity.hub_key_id, 0x55, HUB_KEY_ID_SIZE);
  identity.clock_s = 0x6B000000;
  std::memset(identity.next_hub_key, 0x66, KEY_SIZE);
  std::memset(identity.hub_key, 0x77, KEY_SIZE);
  identity.has_key = identity.has_current = identity.has_previous = identity.confirmed = true;
  identity.has_next_hub_key = identity.has_hub_key = true;
}

TEST(Record, HasOneLayout) {
  Identity identity;
  fill(identity);
  Record record;
  encode_record(identity, record);
  const std::string hex = to_hex(record.view());
  EXPECT_EQ(hex.substr(0, 48), "4f52026f01020304000000055555555544444444"
                               "44444444");
  EXPECT_EQ(hex.substr(48, 192), std::string(64, '1') + std::string(64, '2') + std::string(64, '3'));
  EXPECT_EQ(hex.substr(240, 136), "6b000000" + std::string(64, '6') + std::string(64, '7'));
  EXPECT_EQ(hex.substr(376), "2ad7790f") << "CRC-32 as zlib computes it";
}

TEST(Record, GoesThereAndBack) {
  Identity identity, back;
  fill(identity);
  Record record;
  encode_record(identity, record);
  ASSERT_EQ(decode_record(record, back), Error::NONE);
  Record again;
  encode_record(back, again);
  EXPECT_EQ(to_hex(again.view()), to_hex(record.view()));
}

TEST(Record, EveryDamagedBitIsNoticed) {
  Identity identity;
  fill(identity);
  Record record;
  encode_record(identity, record);
  for (size_t bit = 0; bit < 8 * RECORD_SIZE; bit++) {
    record.data()[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    Identity back;
    EXPECT_EQ(decode_record(record, back), Error::RECORD_DAMAGED) << bit;
    EXPECT_FALSE(back.has_key) << "untouched";
    record.data()[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
  }
}

TEST(Record, BlankFlashIsNoRecord) {
  Record record;
  Identity identity;
  EXPECT_EQ(decode_record(record, identity), Error::RECORD_EMPTY);
  std::memset(record.data(), 0xFF, RECORD_SIZE);
  EXPECT_EQ(decode_record(record, identity), Error::RECORD_EMPTY);
  record.data()[50] = 0xFE;
  EXPECT_EQ(decode_record(record, identity), Error::RECORD_DAMAGED);
}

/// The checksum that belongs to a record of any size.
template<size_t N> static void seal(Secret<N> &record) {
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < N - 4; i++) {
    crc ^= record.data()[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320U : crc >> 1;
  }
  store_be32(record.data() + N - 4, ~crc);
}

static Error decode_with(size_t at, uint8_t value) {
  Identity identity, back;
  fill(identity);
  Record record;
  encode_record(identity, record);
  record.data()[at] = value;
  seal(record);
  return decode_record(record, back);
}

TEST(Record, OneOfNewerFirmwareIsNamed) {
  for (const int version : {3, 4, 255})
    EXPECT_EQ(decode_with(2, static_cast<uint8_t>(version)), Error::RECORD_VERSION) << version;
  for (const int flags : {0x80, 0xAF, 0xEF})
    EXPECT_EQ(decode_with(3, static_cast<uint8_t>(flags)), Error::RECORD_VERSION) << flags;
  for (size_t at = 120; at < RECORD_SIZE - 4; at++)
    EXPECT_EQ(decode_with(at, 1), Error::NONE) << "nothing is reserved any more";
}

TEST(Record, OneOfOlderFirmwareIsNamedToo) {
  for (const int version : {0, 1})
    EXPECT_EQ(decode_with(2, static_cast<uint8_t>(version)), Error::RECORD_OUTDATED) << version;
}

TEST(Record, FlagsThatCannotBeAreDamage) {
  for (const int flags : {0x20, 0x40, 0x02, 0x05, 0x09, 0x11, 0x13, 0x0E, 0x21, 0x41, 0x30, 0x50})
    EXPECT_EQ(decode_with(3, static_cast<uint8_t>(flags)), Error::RECORD_DAMAGED) << flags;
  for (const int flags : {0x00, 0x01, 0x03, 0x07, 0x0B, 0x0F, 0x10, 0x23, 0x2F, 0x43, 0x6F})
    EXPECT_EQ(decode_with(3, static_cast<uint8_t>(flags)), Error::NONE) << flags;
}

static Error decode_compact(const CompactRecord &compact, Identity &identity) {
  Record record;
  expand_record(compact, record);
  return decode_record(record, identity);
}

TEST(CompactRecord, LeavesOutWhatItHasNoRoomFor) {
  Identity identity, back;
  fill(identity);
  identity.has_next_hub_key = identity.has_hub_key = false;
  Record record;
  encode_record(identity, record);
  CompactRecord compact;
  ASSERT_EQ(compact_record(record, compact), Error::NONE);
  ASSERT_EQ(decode_compact(compact, back), Error::NONE);
  EXPECT_EQ(back.clock_s, 0U);
  back.clock_s = identity.clock_s;
  std::memcpy(back.next_hub_key, identity.next_hub_key, KEY_SIZE);
  std::memcpy(back.hub_key, identity.hub_key, KEY_SIZE);
  Record again;
  encode_record(back, again);
  EXPECT_EQ(to_hex(again.view()), to_hex(record.view()));
}

TEST(CompactRecord, DoesNotLoseAHubKey) {
  Identity identity;
  fill(identity);
  Record record;
  encode_record(identity, record);
  CompactRecord compact;
  EXPECT_EQ(compact_record(record, compact), Error::STORE_FAILED);
}

TEST(CompactRecord, StaysDamagedOrBlank) {
  CompactRecord compact;
  Identity identity;
  EXPECT_EQ(decode_compact(compact, identity), Error::RECORD_EMPTY);
  std::memset(compact.data(), 0xFF, COMPACT_RECORD_SIZE);
  EXPECT_EQ(decode_compact(compact, identity), Error::RECORD_EMPTY);
  Record record;
  encode_record(identity, record);
  ASSERT_EQ(compact_record(record, compact), Error::NONE);
  for (size_t bit = 0; bit < 8 * COMPACT_RECORD_SIZE; bit++) {
    compact.data()[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    EXPECT_EQ(decode_compact(compact, identity), Error::RECORD_DAMAGED) << bit;
    compact.data()[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
  }
}

TEST(CompactRecord, OneOfTheFirstLayoutNeedsARegistration) {
  const Bytes first = from_hex("4f52010f010203040000000555555555" + std::string(16, '4') + std::string(64, '1') +
                               std::string(64, '2') + std::string(64, '3') + "7dd4054f");
  CompactRecord compact;
  ASSERT_EQ(first.size(), COMPACT_RECORD_SIZE);
  compact.assign(first.data());
  Identity identity;
  EXPECT_EQ(decode_compact(compact, identity), Error::RECORD_OUTDATED);
  EXPECT_FALSE(identity.has_key);
}

TEST(Store, IsTrustedOnlyAfterReadingBack) {
  using Fault = MemoryStore::Fault;
  for (const Fault fault : {Fault::SAVE, Fault::SYNC, Fault::READ_BACK, Fault::SILENT_LOSS, Fault::BIT_ROT}) {
    MemoryStore store;
    Identity identity;
    fill(identity);
    store.fault = fault;
    EXPECT_EQ(store_identity(store, identity), Error::STORE_FAILED);
    store.fault = Fault::NONE;
    EXPECT_EQ(store_identity(store, identity), Error::NONE);
    Identity back;
    EXPECT_EQ(load_identity(store, back), Error::NONE);
    EXPECT_EQ(back.generation, identity.generation);
  }
}

TEST(Identity, WipesAll) {
  Identity identity;
  fill(identity);
  identity.wipe();
  Record record;
  encode_record(identity, record);
  EXPECT_EQ(to_hex(record.view()).substr(6, 370), std::string(370, '0'));
}

// Counters

static Identity &with_reservations(Identity &identity, uint32_t reservations) {
  identity.reservations = reservations;
  return identity;
}

TEST(Counter, StartsAtOneAndNeedsAReservation) {
  HandshakeCounter counter;
  counter.start(0);
  uint64_t value;
  EXPECT_TRUE(counter.needs_reservation());
  EXPECT_EQ(counter.take(value), Error::WRONG_STATE);
  Identity identity;
  ASSERT_EQ(HandshakeCounter::reserve(identity), Error::NONE);
  counter.granted(identity);
  ASSERT_EQ(counter.take(value), Error::NONE);
  EXPECT_EQ(value, 1U);
  ASSERT_EQ(counter.take(value), Error::NONE);
  EXPECT_EQ(value, 2U);
}

TEST(Counter, NeverRepeatsOverColdBoots) {
  Identity identity;
  uint64_t last = 0;
  for (int boot = 0; boot < 10; boot++) {
    HandshakeCounter counter;
    counter.start(identity.reservations);
    for (int i = 0; i < 70000; i++) {
      if (counter.needs_reservation()) {
        ASSERT_EQ(HandshakeCounter::reserve(identity), Error::NONE);
        counter.granted(identity);
      }
      uint64_t value;
      ASSERT_EQ(counter.take(value), Error::NONE);
      ASSERT_GT(value, last);
      last = value;
    }
  }
  EXPECT_EQ(identity.reservations, 20U) << "two writes a boot for 70,000 handshakes";
}

TEST(Counter, GoesOnAfterDeepSleepOnlyWithinItsReservation) {
  HandshakeCounter counter;
  counter.resume(2, 65536 + 100);
  EXPECT_FALSE(counter.needs_reservation());
  EXPECT_EQ(counter.next(), 65636U);
  // RTC memory with rubbish: as after a cold boot.
  for (const uint64_t rubbish : {UINT64_C(1), UINT64_C(65535), UINT64_C(131072), UINT64_MAX}) {
    counter.resume(2, rubbish);
    EXPECT_TRUE(counter.needs_reservation()) << rubbish;
    EXPECT_EQ(counter.next(), 131072U);
  }
  counter.resume(0, 5);
  EXPECT_TRUE(counter.needs_reservation());
}

TEST(Counter, EndsInsteadOfWrapping) {
  Identity identity;
  EXPECT_EQ(HandshakeCounter::reserve(with_reservations(identity, UINT32_MAX)), Error::COUNTER_EXHAUSTED);
  EXPECT_EQ(identity.reservations, UINT32_MAX);
}

}  // namespace esphome::oceanremote::testing
