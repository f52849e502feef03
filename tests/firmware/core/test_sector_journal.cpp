// The record in two sectors: whenever the power goes, the old record or the new one is there.

#include <gtest/gtest.h>

#include <algorithm>

#include "credentials.h"
#include "support/cut_flash.h"

namespace esphome::oceanremote::testing {

using Bytes = std::vector<uint8_t>;

static constexpr int NOTHING = -1;
/// Of a write: five for the erasing, one for each word, one for the end.
static constexpr int STEPS = 5 + static_cast<int>(JOURNAL_HEAD_SIZE + RECORD_SIZE) / 4 + 1;

static Error save(SectorFlash &flash, int record) {
  alignas(4) uint8_t image[JOURNAL_HEAD_SIZE + RECORD_SIZE];
  std::memset(image + JOURNAL_HEAD_SIZE, record, RECORD_SIZE);
  return SectorJournal(flash).save(image, RECORD_SIZE);
}

/// Which record a reboot finds.
static int found(CutFlash &flash) {
  flash.power_on();
  Bytes bytes(RECORD_SIZE);
  if (SectorJournal(flash).load(bytes.data(), bytes.size()) != Error::NONE)
    return NOTHING;
  EXPECT_EQ(bytes, Bytes(RECORD_SIZE, bytes[0])) << "no mixture";
  return bytes[0];
}

/// A flash that holds record number `count`, after as many writes.
static CutFlash after_writes(int count) {
  CutFlash flash;
  flash.sectors[0].assign(CutFlash::WORDS, 0xFFFFFFFF);
  flash.sectors[1].assign(CutFlash::WORDS, 0xFFFFFFFF);
  for (int i = 1; i <= count; i++)
    EXPECT_EQ(save(flash, i), Error::NONE);
  return flash;
}

TEST(SectorJournal, KeepsTheRecordThatWasWrittenLast) {
  CutFlash flash = after_writes(0);
  EXPECT_EQ(found(flash), NOTHING);
  for (int i = 1; i < 6; i++) {
    ASSERT_EQ(save(flash, i), Error::NONE);
    EXPECT_EQ(found(flash), i);
  }
}

/// Returns in how many steps the write can be cut; outcomes: what was found after each.
static int cut_everywhere(const CutFlash &before, int record, std::vector<int> &outcomes) {
  for (int step = 0;; step++) {
    CutFlash flash = before;
    flash.cut_at(step);
    const Error error = save(flash, record);
    if (!flash.is_off()) {
      EXPECT_EQ(error, Error::NONE);
      return step;
    }
    EXPECT_EQ(error, Error::STORE_FAILED);
    outcomes.push_back(found(flash));
  }
}

TEST(SectorJournal, CutAtEveryWordLeavesTheOldRecordOrTheNew) {
  for (const bool halves : {true, false}) {
    for (int count = 0; count < 4; count++) {
      CutFlash before = after_writes(count);
      before.halves = halves;
      const int old = count == 0 ? NOTHING : count;
      std::vector<int> outcomes;
      EXPECT_EQ(cut_everywhere(before, 9, outcomes), STEPS);
      const auto count_of = [&outcomes](int record) {
        return static_cast<int>(std::count(outcomes.begin(), outcomes.end(), record));
      };
      EXPECT_GT(count_of(old), 50);
      EXPECT_GE(count_of(9), 1) << "written, and nobody heard of it";
      EXPECT_EQ(count_of(old) + count_of(9), STEPS);
    }
  }
}

TEST(SectorJournal, ACutWriteMayBeCutAgain) {
  for (int first = 0; first < STEPS; first++) {
    for (int second = first % 5; second < STEPS; second += 5) {
      CutFlash flash = after_writes(2);
      flash.cut_at(first);
      ASSERT_EQ(save(flash, 8), Error::STORE_FAILED);
      const int old = found(flash);
      ASSERT_TRUE(old == 2 || old == 8);
      flash.cut_at(second);
      ASSERT_EQ(save(flash, 9), Error::STORE_FAILED);
      const int now = found(flash);
      ASSERT_TRUE(now == old || now == 9) << first << " " << second;
      ASSERT_EQ(save(flash, 10), Error::NONE);
      ASSERT_EQ(found(flash), 10);
    }
  }
}

TEST(SectorJournal, WornFlashIsNoticedAndCostsNothing) {
  CutFlash flash = after_writes(3);
  flash.stuck = 0x00010000;
  EXPECT_EQ(save(flash, 0x10), Error::STORE_FAILED);
  EXPECT_EQ(found(flash), 3);
}

TEST(SectorJournal, ADamagedRecordGivesWayToTheOneBefore) {
  CutFlash flash = after_writes(3);
  for (size_t word = 0; word < (JOURNAL_HEAD_SIZE + RECORD_SIZE) / 4; word++) {
    flash.sectors[0][word] ^= 0x00100000;
    EXPECT_EQ(found(flash), 2) << word;
    flash.sectors[0][word] ^= 0x00100000;
  }
  EXPECT_EQ(found(flash), 3);
}

static Error load(CutFlash &flash, size_t size = RECORD_SIZE) {
  Bytes bytes(size);
  return SectorJournal(flash).load(bytes.data(), size);
}

TEST(SectorJournal, SaysWhyThereIsNoRecord) {
  CutFlash flash = after_writes(0);
  EXPECT_EQ(load(flash), Error::RECORD_EMPTY);
  flash.sectors[1].assign(CutFlash::WORDS, 0x12345678);
  EXPECT_EQ(load(flash), Error::RECORD_EMPTY) << "somebody else's";
  flash = after_writes(1);
  flash.sectors[0][20] ^= 1;
  EXPECT_EQ(load(flash), Error::RECORD_DAMAGED);
  flash = after_writes(2);
  EXPECT_EQ(load(flash, RECORD_SIZE - 4), Error::RECORD_VERSION) << "of another size";
}

TEST(SectorJournal, WhatCannotBeReadIsNotOverwritten) {
  CutFlash flash = after_writes(2);
  const auto before = flash.sectors[0];
  flash.unreadable = true;
  EXPECT_EQ(load(flash), Error::STORE_FAILED);
  EXPECT_EQ(save(flash, 9), Error::STORE_FAILED);
  EXPECT_EQ(flash.sectors[0], before);
}

TEST(SectorJournal, TheSequenceMayWrapAround) {
  CutFlash flash = after_writes(1);
  // A record whose sequence is the last that there is, with the checksum that belongs to it.
  Bytes sector(JOURNAL_HEAD_SIZE + RECORD_SIZE, 1);
  store_be32(sector.data(), 0x4F4A0000 + RECORD_SIZE);
  store_be32(sector.data() + 4, UINT32_MAX);
  Bytes checked = sector;
  checked.erase(checked.begin() + 8, checked.begin() + 12);
  uint32_t crc = 0xFFFFFFFF;
  for (const uint8_t byte : checked) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320U : crc >> 1;
  }
  store_be32(sector.data() + 8, ~crc);
  std::memcpy(flash.sectors[0].data(), sector.data(), sector.size());
  ASSERT_EQ(found(flash), 1);
  ASSERT_EQ(save(flash, 2), Error::NONE);
  EXPECT_EQ(found(flash), 2);
  ASSERT_EQ(save(flash, 3), Error::NONE);
  EXPECT_EQ(found(flash), 3);
}

TEST(SectorJournal, RefusesWhatDoesNotFit) {
  CutFlash flash = after_writes(0);
  Bytes image(JOURNAL_HEAD_SIZE + JOURNAL_RECORD_MAX + 4);
  EXPECT_EQ(SectorJournal(flash).save(image.data(), JOURNAL_RECORD_MAX + 4), Error::STORE_FAILED);
  EXPECT_EQ(SectorJournal(flash).save(image.data(), 10), Error::STORE_FAILED);
}

}  // namespace esphome::oceanremote::testing
