// Epochs: order, lifetimes, make before break.

#include <gtest/gtest.h>

#include "session.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static constexpr uint64_t START = 10000;
static constexpr uint64_t END = START + 3600 * 980;  // 0.98 of an hour

static void make_keys(EpochKeys &keys, uint32_t epoch, uint64_t started = START) {
  std::memset(keys.send.data(), static_cast<int>(0x10 + epoch), KEY_SIZE);
  std::memset(keys.receive.data(), static_cast<int>(0x20 + epoch), KEY_SIZE);
  std::memset(keys.session_id, static_cast<int>(epoch), SESSION_ID_SIZE);
  std::memset(keys.mac, 0x24, MAC_SIZE);
  keys.epoch = epoch;
  keys.lifetime_s = 3600;
  keys.hub_rx_limit = 1024;
  keys.ping_interval_s = 25;
  keys.started_ms = started;
}

static Error install(Session &session, uint32_t epoch, uint64_t started = START) {
  EpochKeys keys;
  make_keys(keys, epoch, started);
  return session.install(keys);
}

/// What the hub would send in this epoch as its nth message.
static Bytes from_hub(uint32_t epoch, uint64_t counter, size_t size = 3) {
  EpochKeys keys;
  make_keys(keys, epoch);
  uint8_t associated[ASSOCIATED_DATA_SIZE];
  std::memcpy(associated, keys.session_id, SESSION_ID_SIZE);
  std::memcpy(associated + SESSION_ID_SIZE, keys.mac, MAC_SIZE);
  store_be32(associated + SESSION_ID_SIZE + MAC_SIZE, epoch);
  Bytes frame(size + DATA_OVERHEAD, 0xC0);
  frame[0] = 5;
  store_be32(frame.data() + 1, epoch);
  aead_seal(keys.receive, Nonce(counter), ByteView{associated}, frame.data() + DATA_HEADER_SIZE, size);
  return frame;
}

static Error open(Session &session, Bytes frame, uint64_t now = START) {
  OpenedData data;
  return session.open(frame.data(), frame.size(), now, data);
}

static Error seal(Session &session, uint64_t now = START, size_t size = 3) {
  Bytes frame(size + DATA_OVERHEAD);
  size_t written;
  return session.seal(frame.data(), size, now, written);
}

TEST(Session, OpensEachFrameOnceAndInOrder) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  EXPECT_EQ(open(session, from_hub(1, 1)), Error::AUTHENTICATION_FAILED) << "one was skipped";
  EXPECT_EQ(open(session, from_hub(1, 0)), Error::NONE);
  EXPECT_EQ(open(session, from_hub(1, 0)), Error::AUTHENTICATION_FAILED) << "replayed";
  EXPECT_EQ(open(session, from_hub(1, 1)), Error::NONE);
}

TEST(Session, AFailureChangesNothing) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  const Bytes genuine = from_hub(1, 0);
  for (size_t bit = 0; bit < 8 * genuine.size(); bit++) {
    Bytes tampered = genuine;
    tampered[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    if (bit >= 8) {  // the frame's type is looked at before
      EXPECT_NE(open(session, tampered), Error::NONE) << bit;
    }
  }
  EXPECT_FALSE(session.confirmed());
  EXPECT_EQ(open(session, genuine), Error::NONE);
  EXPECT_TRUE(session.confirmed());
}

TEST(Session, SealsWithACounterOfItsOwn) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  EpochKeys keys;
  make_keys(keys, 1);
  uint8_t associated[ASSOCIATED_DATA_SIZE];
  std::memcpy(associated, keys.session_id, SESSION_ID_SIZE);
  std::memcpy(associated + SESSION_ID_SIZE, keys.mac, MAC_SIZE);
  store_be32(associated + SESSION_ID_SIZE + MAC_SIZE, 1);
  for (uint64_t counter = 0; counter < 3; counter++) {
    Bytes frame(3 + DATA_OVERHEAD);
    size_t size;
    ASSERT_EQ(session.seal(frame.data(), 3, START, size), Error::NONE);
    ASSERT_EQ(size, frame.size());
    EXPECT_EQ(data_epoch(view(frame)), 1U);
    EXPECT_EQ(aead_open(keys.send, Nonce(counter), ByteView{associated}, frame.data() + DATA_HEADER_SIZE,
                        size - DATA_HEADER_SIZE),
              Error::NONE);
  }
}

TEST(Session, MakesBeforeItBreaks) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  EXPECT_EQ(open(session, from_hub(1, 0)), Error::NONE);
  ASSERT_EQ(install(session, 2), Error::NONE);
  EXPECT_EQ(session.epoch(), 2U) << "we send under the new keys at once";
  EXPECT_EQ(open(session, from_hub(1, 1)), Error::NONE) << "the hub has not switched yet";
  EXPECT_EQ(open(session, from_hub(2, 0)), Error::NONE);
  EXPECT_EQ(open(session, from_hub(1, 2)), Error::EPOCH_UNKNOWN) << "it has switched: the old key is gone";
  EXPECT_EQ(open(session, from_hub(2, 1)), Error::NONE);
}

TEST(Session, EpochsFollowOneAnother) {
  Session session;
  EXPECT_EQ(install(session, 2), Error::WRONG_STATE);
  ASSERT_EQ(install(session, 1), Error::NONE);
  EXPECT_EQ(install(session, 1), Error::WRONG_STATE);
  EXPECT_EQ(install(session, 3), Error::WRONG_STATE);
  EXPECT_EQ(session.epoch(), 1U);
  EXPECT_EQ(open(session, from_hub(1, 0)), Error::NONE) << "what was there goes on";
}

TEST(Session, EndsBeforeTheHubDoes) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  EXPECT_EQ(session.expires_ms(), END);
  EXPECT_EQ(seal(session, END - 1), Error::NONE);
  EXPECT_EQ(open(session, from_hub(1, 0), END - 1), Error::NONE);
  EXPECT_EQ(seal(session, END), Error::SESSION_EXPIRED);
  EXPECT_EQ(open(session, from_hub(1, 1), END), Error::SESSION_EXPIRED);
  EXPECT_TRUE(session.expired(END));
}

TEST(Session, AnOldEpochKeepsItsOwnEnd) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  ASSERT_EQ(install(session, 2, START + 1000000), Error::NONE);
  EXPECT_EQ(open(session, from_hub(1, 0), END), Error::SESSION_EXPIRED);
  EXPECT_FALSE(session.expired(END));
}

TEST(Session, RefusesLimitsItCannotLiveWith) {
  for (int field = 0; field < 3; field++) {
    EpochKeys keys;
    make_keys(keys, 1);
    if (field == 0)
      keys.lifetime_s = 0;
    else if (field == 1)
      keys.hub_rx_limit = 511;
    else
      keys.ping_interval_s = 0;
    Session session;
    EXPECT_EQ(session.install(keys), Error::LIMIT_UNACCEPTABLE);
    EXPECT_FALSE(session.active());
    EXPECT_EQ(to_hex(keys.send.view()), std::string(64, '0')) << "keys that are not used are wiped";
  }
}

TEST(Session, TheLongestLifetimeDoesNotOverflow) {
  EpochKeys keys;
  make_keys(keys, 1, UINT64_C(0xFFFFFFFFFF));
  keys.lifetime_s = UINT32_MAX;
  Session session;
  ASSERT_EQ(session.install(keys), Error::NONE);
  EXPECT_EQ(session.expires_ms(), UINT64_C(0xFFFFFFFFFF) + UINT64_C(4294967295) * 980);
}

TEST(Session, StaysWithinTheHubsReceiveLimit) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  EXPECT_EQ(seal(session, START, 1024 - DATA_OVERHEAD), Error::NONE);
  EXPECT_EQ(seal(session, START, 1025 - DATA_OVERHEAD), Error::FRAME_TOO_LARGE);
  EXPECT_EQ(seal(session, START, 0), Error::WRONG_STATE);
}

/// A session whose counters have nearly run out.
class SpentSession : public Session {
 public:
  void spend() {
    this->sent_ = UINT64_MAX - 1;
    this->current_.received = UINT64_MAX - 1;
  }
};

TEST(Session, CountersEndInsteadOfWrapping) {
  SpentSession session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  session.spend();
  EXPECT_EQ(seal(session), Error::NONE) << "2^64 - 2 is the last";
  EXPECT_EQ(seal(session), Error::COUNTER_EXHAUSTED);
  EXPECT_EQ(open(session, from_hub(1, UINT64_MAX - 1)), Error::NONE);
  EXPECT_EQ(open(session, from_hub(1, UINT64_MAX)), Error::COUNTER_EXHAUSTED);
}

TEST(Session, IsDeadOnceWiped) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  session.wipe();
  EXPECT_FALSE(session.active());
  EXPECT_EQ(seal(session), Error::WRONG_STATE);
  EXPECT_EQ(open(session, from_hub(1, 0)), Error::EPOCH_UNKNOWN);
  EXPECT_EQ(open(session, from_hub(0, 0)), Error::EPOCH_UNKNOWN) << "epoch 0 is none";
}

TEST(Session, EveryShortFrameIsRefused) {
  Session session;
  ASSERT_EQ(install(session, 1), Error::NONE);
  const Bytes genuine = from_hub(1, 0);
  for (size_t size = 0; size < genuine.size(); size++)
    EXPECT_NE(open(session, Bytes(genuine.begin(), genuine.begin() + static_cast<long>(size))), Error::NONE);
}

TEST(Deadline, IsCountedFromInit) {
  EXPECT_FALSE(deadline_passed(1000, 500, 1499));
  EXPECT_TRUE(deadline_passed(1000, 500, 1500));
  EXPECT_TRUE(deadline_passed(1000, 0, 1000));
}

TEST(Clock64, OutlivesAWrappingMillis) {
  Clock64 clock;
  EXPECT_EQ(clock.extend(0xFFFFFFF0), 0xFFFFFFF0U);
  EXPECT_EQ(clock.extend(0x00000010), 0x100000010U);
  EXPECT_EQ(clock.extend(0x00000010), 0x100000010U);
  EXPECT_EQ(clock.extend(0xFFFFFFFF), 0x1FFFFFFFFU);
  EXPECT_EQ(clock.extend(0), 0x200000000U);
}

}  // namespace esphome::oceanremote::testing
