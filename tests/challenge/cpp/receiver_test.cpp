// The Arduino library's receiver: kept vectors, and everything a stranger can send.

#include <gtest/gtest.h>
#include <memory>
#include "peer.h"

using challenge::Mode;

namespace {

const Vectors VECTORS;

Bytes kept(const std::string &name, const char *field) { return VECTORS[name + "." + field]; }

template<class Sha> std::unique_ptr<AnyPeer> peer_of(const std::string &name, const Bytes &device_id, bool responds) {
  return std::unique_ptr<AnyPeer>(new Peer<Sha>(device_id.empty() ? Mode::CLASSIC : Mode::STRICT, kept(name, "secret"),
                                                device_id, static_cast<uint8_t>(kept(name, "wake").size()),
                                                kept(name, "challenge"), {0x00, kept(name, "command")[0], 0xFF},
                                                responds));
}

std::unique_ptr<AnyPeer> peer_of(const std::string &name, const Bytes &device_id, bool responds = true) {
  switch (kept(name, "command_mac").size()) {
    case challenge::Sha1::SIZE:
      return peer_of<challenge::Sha1>(name, device_id, responds);
    case challenge::Sha256::SIZE:
      return peer_of<challenge::Sha256>(name, device_id, responds);
    default:
      return peer_of<challenge::Sha512>(name, device_id, responds);
  }
}

class Exchange : public testing::TestWithParam<const char *> {
 protected:
  Exchange() { this->restart(true); }

  void restart(bool responds) { this->peer = peer_of(GetParam(), this->field("device_id"), responds); }
  Bytes field(const char *name) const { return kept(GetParam(), name); }

  // Up to the challenge; true if it is the kept one.
  bool challenged() {
    this->peer->connect();
    Bytes output = this->peer->transport.output;
    if (!this->field("wake").empty())
      output = this->peer->send_slowly(this->field("wake"));
    return output == this->field("challenge");
  }

  std::unique_ptr<AnyPeer> peer;
};

INSTANTIATE_TEST_SUITE_P(All, Exchange,
                         testing::Values("classic-sha256", "classic-sha1", "classic-sha512", "classic-shortest",
                                         "classic-longest", "strict-sha256", "strict-sha1", "strict-sha512",
                                         "strict-longest"));

TEST_P(Exchange, IsTheKeptOne) {
  ASSERT_TRUE(peer->ready);
  ASSERT_TRUE(this->challenged());
  EXPECT_EQ(peer->send_slowly(this->field("command_mac")), this->field("response_mac"));
  EXPECT_EQ(peer->executed(), this->field("command"));
  EXPECT_EQ(peer->transport.closed, 1U);
}

TEST_P(Exchange, WithoutResponsesEndsSilently) {
  this->restart(false);
  ASSERT_TRUE(this->challenged());
  EXPECT_EQ(peer->send(this->field("command_mac")), Bytes());
  EXPECT_EQ(peer->executed().size(), 1U);
  EXPECT_EQ(peer->transport.closed, 1U);
}

TEST_P(Exchange, AnyFlippedBitExecutesNothingAndTheNextIsServed) {
  const Bytes answer = this->field("command_mac");
  for (size_t bit = 0; bit < answer.size() * 8; bit++) {
    Bytes wrong = answer;
    wrong[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
    ASSERT_TRUE(this->challenged());
    EXPECT_EQ(peer->send(wrong), Bytes());
    EXPECT_FALSE(peer->transport.open);
  }
  EXPECT_TRUE(peer->executed().empty());
  ASSERT_TRUE(this->challenged());
  EXPECT_EQ(peer->send(answer), this->field("response_mac"));
}

TEST_P(Exchange, CutAtEveryByteExecutesNothing) {
  const Bytes wake = this->field("wake");
  Bytes stream = wake;
  const Bytes answer = this->field("command_mac");
  stream.insert(stream.end(), answer.begin(), answer.end());
  for (size_t cut = 0; cut < stream.size(); cut++) {
    peer->connect();
    peer->send_slowly(Bytes(stream.begin(), stream.begin() + static_cast<ptrdiff_t>(cut)));
    peer->transport.open = false;
    peer->transport.input.clear();
    peer->loop();
    EXPECT_TRUE(peer->executed().empty());
  }
  ASSERT_TRUE(this->challenged());
  EXPECT_EQ(peer->send(answer), this->field("response_mac"));
}

TEST_P(Exchange, MoreThanAnAnswerExecutesNothing) {
  ASSERT_TRUE(this->challenged());
  Bytes answer = this->field("command_mac");
  answer.push_back(0);
  EXPECT_EQ(peer->send(answer), Bytes());
  EXPECT_TRUE(peer->executed().empty());
  EXPECT_EQ(peer->transport.closed, 1U);
}

TEST_P(Exchange, BytesBeforeTheChallengeAreNoAnswer) {
  if (this->field("wake").empty())
    return;  // nothing comes before the challenge then
  peer->connect();
  Bytes early = this->field("wake");
  const Bytes answer = this->field("command_mac");
  early.insert(early.end(), answer.begin(), answer.end());
  EXPECT_EQ(peer->send(early), Bytes());
  EXPECT_EQ(peer->transport.closed, 1U);
}

TEST_P(Exchange, ALateAnswerExecutesNothing) {
  peer->transport.time = 0xFFFFFF00U;  // across the wrap of the clock
  ASSERT_TRUE(this->challenged());
  peer->transport.time += 2000;
  EXPECT_EQ(peer->send(this->field("command_mac")), Bytes());
  EXPECT_TRUE(peer->executed().empty());
}

TEST_P(Exchange, ASilentPeerIsLetGo) {
  peer->connect();
  peer->transport.time += 1999;
  peer->loop();
  EXPECT_TRUE(peer->transport.open);
  peer->transport.time += 1;
  peer->loop();
  EXPECT_FALSE(peer->transport.open);
}

TEST_P(Exchange, TheSameAnswerTwiceExecutesOnce) {
  ASSERT_TRUE(this->challenged());
  const Bytes answer = this->field("command_mac");
  EXPECT_EQ(peer->send(answer), this->field("response_mac"));
  peer->transport.open = true;
  peer->next_challenge()[0] ^= 1;
  EXPECT_NE(peer->send(this->field("wake")), this->field("challenge"));
  peer->send(answer);
  EXPECT_EQ(peer->executed().size(), 1U);
}

TEST(Strict, AResponseNeverPassesForACommand) {
  const auto peer = peer_of("strict-sha256", kept("strict-sha256", "device_id"));
  peer->connect();
  peer->send(kept("strict-sha256", "wake"));
  EXPECT_EQ(peer->send(kept("strict-sha256", "response_mac")), Bytes());
  EXPECT_TRUE(peer->executed().empty());
}

TEST(Strict, AnotherDevicesAnswerIsUnknown) {
  Bytes other = kept("strict-sha256", "device_id");
  other[0] ^= 1;
  const auto peer = peer_of("strict-sha256", other);
  peer->connect();
  EXPECT_EQ(peer->send(kept("strict-sha256", "wake")), kept("strict-sha256", "challenge"));
  EXPECT_EQ(peer->send(kept("strict-sha256", "command_mac")), Bytes());
  EXPECT_TRUE(peer->executed().empty());
}

TEST(Receiver, ASlowPeerGivesWayOnlyToAnother) {
  const auto peer = peer_of("strict-sha256", kept("strict-sha256", "device_id"));
  const Bytes wake = kept("strict-sha256", "wake");
  peer->connect();
  peer->transport.time = challenge::GIVE_WAY_MS;
  EXPECT_EQ(peer->send(wake), kept("strict-sha256", "challenge"));
  EXPECT_EQ(peer->transport.closed, 0U);
  // Its answer has half a second of its own.
  peer->transport.another = true;
  peer->transport.time += challenge::GIVE_WAY_MS - 1;
  peer->loop();
  EXPECT_EQ(peer->transport.closed, 0U);
  peer->transport.time += 1;
  EXPECT_EQ(peer->send(wake), Bytes());  // goes nowhere: its connection is closed
  EXPECT_EQ(peer->transport.closed, 1U);
  EXPECT_EQ(peer->send(wake), kept("strict-sha256", "challenge"));
  EXPECT_EQ(peer->send(kept("strict-sha256", "command_mac")).size(), size_t{challenge::Sha256::SIZE});
}

TEST(Receiver, BytesThatTrickleInKeepNoPlace) {
  const auto peer = peer_of("strict-sha256", kept("strict-sha256", "device_id"));
  peer->connect();
  peer->transport.another = true;
  for (unsigned i = 0; i < 5; i++) {
    peer->transport.time += challenge::GIVE_WAY_MS / 5;
    peer->send(Bytes{0});
  }
  EXPECT_EQ(peer->transport.closed, 1U);
}

TEST(Receiver, WithoutAChallengeServesNobody) {
  const auto peer = peer_of("strict-sha256", kept("strict-sha256", "device_id"));
  peer->next_challenge().clear();
  peer->connect();
  EXPECT_EQ(peer->send(kept("strict-sha256", "wake")), Bytes());
  EXPECT_FALSE(peer->transport.open);
}

struct Parameters {
  Mode mode;
  size_t secret, device_id, wake, challenge, commands;
  bool allowed;
};

class Bounds : public testing::TestWithParam<Parameters> {};

TEST_P(Bounds, AreHeld) {
  const Parameters &p = GetParam();
  Peer<challenge::Sha256> peer(p.mode, Bytes(p.secret, 's'), Bytes(p.device_id, 'i'), static_cast<uint8_t>(p.wake),
                               Bytes(p.challenge, 'c'), Bytes(p.commands, 'C'));
  EXPECT_EQ(peer.ready, p.allowed);
  peer.connect();
  EXPECT_EQ(peer.transport.output.empty(), !(p.allowed && p.wake == 0));
}

INSTANTIATE_TEST_SUITE_P(
    All, Bounds,
    testing::Values(
        Parameters{Mode::STRICT, 16, 1, 16, 16, 1, true}, Parameters{Mode::STRICT, 64, 32, 16, 64, 64, true},
        Parameters{Mode::STRICT, 15, 1, 16, 16, 1, false}, Parameters{Mode::STRICT, 65, 1, 16, 16, 1, false},
        Parameters{Mode::STRICT, 16, 0, 16, 16, 1, false}, Parameters{Mode::STRICT, 16, 33, 16, 16, 1, false},
        Parameters{Mode::STRICT, 16, 1, 15, 16, 1, false}, Parameters{Mode::STRICT, 16, 1, 17, 16, 1, false},
        Parameters{Mode::STRICT, 16, 1, 16, 15, 1, false}, Parameters{Mode::STRICT, 16, 1, 16, 65, 1, false},
        Parameters{Mode::STRICT, 16, 1, 16, 16, 0, false}, Parameters{Mode::STRICT, 16, 1, 16, 16, 65, false},
        Parameters{Mode::CLASSIC, 1, 0, 0, 1, 1, true}, Parameters{Mode::CLASSIC, 0, 0, 0, 1, 1, false},
        Parameters{Mode::CLASSIC, 1, 1, 0, 1, 1, false}, Parameters{Mode::CLASSIC, 1, 0, 65, 1, 1, false},
        Parameters{Mode::CLASSIC, 1, 0, 0, 0, 1, false}));

}  // namespace
