// The handshake as a machine: its steps, its failures, what it leaves behind. The bytes are held by test_transcripts.

#include <gtest/gtest.h>

#include "handshake.h"
#include "support/fakes.h"
#include "support/hub.h"

namespace esphome::oceanremote::testing {

using Action = Handshake::Action;

class HandshakeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    this->hub_key.set(this->hub.public_key);
    Key secret;
    std::memset(secret.data(), 0x77, KEY_SIZE);
    this->identity.set(secret);
    this->token.assign(Bytes(KEY_SIZE, 1).data());
    this->older.assign(Bytes(KEY_SIZE, 2).data());
    std::memset(this->request.mac, 0x24, MAC_SIZE);
    this->request.generation = 3;
    this->request.counter = 42;
  }

  [[nodiscard]] Error begin() {
    return this->handshake.begin(view(this->hub.hello()), this->request, this->identity, this->hub_key);
  }

  /// Steps until the machine wants something else; returns how many.
  int steps() {
    int count = 0;
    while (this->handshake.action() == Action::STEP) {
      this->last = this->handshake.step(this->random);
      count++;
    }
    return count;
  }

  Bytes write_init() {
    Bytes frame(512);
    size_t size = 0;
    EXPECT_EQ(this->handshake.write_init(frame.data(), frame.size(), 5000, size), Error::NONE);
    frame.resize(size);
    return frame;
  }

  /// Up to the hub's ACCEPT under some token.
  Bytes accept_under(uint8_t token_byte) {
    EXPECT_EQ(this->begin(), Error::NONE);
    this->steps();
    EXPECT_TRUE(this->hub.read_init(this->write_init()));
    return this->hub.accept(Bytes(KEY_SIZE, token_byte));
  }

  Hub hub;
  HubKey hub_key;
  StaticKey identity;
  Key token, older;
  InitRequest request;
  FixedRandom random;
  Handshake handshake;
  Error last{Error::NONE};
};

TEST_F(HandshakeTest, TakesOneStepPerCurveOperation) {
  ASSERT_EQ(this->begin(), Error::NONE);
  EXPECT_EQ(this->steps(), 4) << "own public key, ss, e, es";
  EXPECT_EQ(this->handshake.action(), Action::WRITE_INIT);
  ASSERT_TRUE(this->hub.read_init(this->write_init()));
  EXPECT_EQ(this->hub.counter, 42U);
  EXPECT_EQ(this->hub.generation, 3U);
  EXPECT_EQ(this->handshake.action(), Action::AWAIT_ACCEPT);
  ASSERT_EQ(this->handshake.read_accept(view(this->hub.accept(Bytes(KEY_SIZE, 1))), {&this->token, nullptr}),
            Error::NONE);
  EXPECT_EQ(this->steps(), 3) << "ee, se, then the tokens";
  EXPECT_EQ(this->handshake.action(), Action::DONE);
  EpochKeys keys;
  ASSERT_EQ(this->handshake.consume(keys), Error::NONE);
  EXPECT_EQ(keys.started_ms, 5000U);
  EXPECT_EQ(keys.lifetime_s, 3600U);
  EXPECT_EQ(this->handshake.action(), Action::IDLE);
  EXPECT_EQ(this->handshake.consume(keys), Error::WRONG_STATE) << "keys leave once";
}

TEST_F(HandshakeTest, CachesWhatNeverChanges) {
  ASSERT_EQ(this->begin(), Error::NONE);
  this->steps();
  this->handshake.wipe();
  ASSERT_EQ(this->begin(), Error::NONE);
  EXPECT_EQ(this->steps(), 2) << "e and es only";
}

TEST_F(HandshakeTest, TriesThePreviousTokenToo) {
  const Bytes accept = this->accept_under(2);
  ASSERT_EQ(this->handshake.read_accept(view(accept), {&this->token, &this->older}), Error::NONE);
  this->steps();
  EpochKeys keys;
  ASSERT_EQ(this->handshake.consume(keys), Error::NONE);
  EXPECT_EQ(keys.token_used, TokenUsed::PREVIOUS);
}

TEST_F(HandshakeTest, FailsUnderAnyOtherToken) {
  const Bytes accept = this->accept_under(9);
  ASSERT_EQ(this->handshake.read_accept(view(accept), {&this->token, &this->older}), Error::NONE);
  this->steps();
  EXPECT_EQ(this->last, Error::AUTHENTICATION_FAILED);
  EXPECT_EQ(this->handshake.action(), Action::FAILED);
}

TEST_F(HandshakeTest, FailsOnEveryFlippedBitOfAccept) {
  const Bytes accept = this->accept_under(1);
  int refused = 0;
  for (size_t bit = 8; bit < 8 * accept.size(); bit += 3) {
    // A handshake is spent by a failure; this one starts from the same values.
    Handshake again;
    FixedRandom same;
    Hub same_hub;
    ASSERT_EQ(again.begin(view(same_hub.hello()), this->request, this->identity, this->hub_key), Error::NONE);
    while (again.action() == Action::STEP)
      ASSERT_EQ(again.step(same), Error::NONE);
    Bytes frame(512);
    size_t size;
    ASSERT_EQ(again.write_init(frame.data(), frame.size(), 0, size), Error::NONE);
    Bytes tampered = accept;
    tampered[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    ASSERT_EQ(again.read_accept(view(tampered), {&this->token, &this->older}), Error::NONE);
    while (again.action() == Action::STEP)
      (void) again.step(same);
    // X25519 ignores the top bit of a public key, the transcript hash does not.
    EXPECT_EQ(again.action(), Action::FAILED) << bit;
    refused++;
  }
  EXPECT_GT(refused, 200);
}

TEST_F(HandshakeTest, RefusesAWeakHubEphemeral) {
  Bytes accept = this->accept_under(1);
  std::fill(accept.begin() + 1, accept.begin() + 33, 0);
  ASSERT_EQ(this->handshake.read_accept(view(accept), {&this->token, nullptr}), Error::NONE);
  this->steps();
  EXPECT_EQ(this->last, Error::WEAK_PUBLIC_KEY);
}

TEST_F(HandshakeTest, RefusesAWeakHubKey) {
  const uint8_t zero[KEY_SIZE] = {};
  this->hub_key.set(zero);
  ASSERT_EQ(this->begin(), Error::NONE);
  this->steps();
  EXPECT_EQ(this->last, Error::WEAK_PUBLIC_KEY);
  EXPECT_EQ(this->handshake.action(), Action::FAILED);
}

TEST_F(HandshakeTest, StopsWithoutEntropy) {
  this->random.broken = true;
  ASSERT_EQ(this->begin(), Error::NONE);
  this->steps();
  EXPECT_EQ(this->last, Error::ENTROPY_FAILED);
  EXPECT_EQ(this->handshake.action(), Action::FAILED);
}

TEST_F(HandshakeTest, NothingHappensOutOfOrder) {
  EpochKeys keys;
  uint8_t buffer[512];
  size_t size;
  const Bytes accept(ACCEPT_SIZE, 3);
  EXPECT_EQ(this->handshake.step(this->random), Error::WRONG_STATE);
  EXPECT_EQ(this->handshake.write_init(buffer, sizeof(buffer), 0, size), Error::WRONG_STATE);
  EXPECT_EQ(this->handshake.read_accept(view(accept), {}), Error::FRAME_UNEXPECTED);
  EXPECT_EQ(this->handshake.consume(keys), Error::WRONG_STATE);
  ASSERT_EQ(this->begin(), Error::NONE);
  EXPECT_EQ(this->begin(), Error::WRONG_STATE) << "one at a time";
  EXPECT_EQ(this->handshake.read_accept(view(accept), {}), Error::FRAME_UNEXPECTED) << "before INIT";
  EXPECT_EQ(this->handshake.action(), Action::STEP) << "and nothing has changed";
}

TEST_F(HandshakeTest, RefusesABufferThatIsTooSmall) {
  ASSERT_EQ(this->begin(), Error::NONE);
  this->steps();
  Bytes small(INIT_MAX_WRITTEN - 1);
  size_t size;
  EXPECT_EQ(this->handshake.write_init(small.data(), small.size(), 0, size), Error::BUFFER_TOO_SMALL);
}

TEST_F(HandshakeTest, RegistrationTellsWhatBoardItIs) {
  this->request.purpose = Purpose::REGISTRATION;
  this->request.generation = 0;
  this->request.board = "a board whose name is longer than thirty-two bytes";
  this->request.version = "1234567890123456789012345678901\xC3\xBC";  // the limit would cut the last character
  std::memset(this->request.token_handle, 0x66, TOKEN_HANDLE_SIZE);
  ASSERT_EQ(this->begin(), Error::NONE);
  this->steps();
  ASSERT_TRUE(this->hub.read_init(this->write_init()));
  EXPECT_EQ(this->hub.board, "a board whose name is longer tha");
  EXPECT_EQ(this->hub.version, "1234567890123456789012345678901");
  EXPECT_EQ(to_hex(this->hub.handle), "6666666666666666");
}

TEST(Psk, DependsOnTokenMacAndPurpose) {
  Key token;
  token.assign(Bytes(KEY_SIZE, 1).data());
  const uint8_t mac[MAC_SIZE] = {1}, other_mac[MAC_SIZE] = {2};
  Key a, b, c;
  derive_psk(a, token, mac, Purpose::SESSION);
  derive_psk(b, token, other_mac, Purpose::SESSION);
  derive_psk(c, token, mac, Purpose::REGISTRATION);
  EXPECT_NE(to_hex(a.view()), to_hex(b.view()));
  EXPECT_NE(to_hex(a.view()), to_hex(c.view()));
}

}  // namespace esphome::oceanremote::testing
