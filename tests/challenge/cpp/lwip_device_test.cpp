// The challenge component on sockets that behave like those of an ESP8266 and an RP2.

#include <gtest/gtest.h>

// The sources with the server, so that there is one thing to compile.
#include "challenge_entropy.cpp"   // NOLINT
#include "challenge_listener.cpp"  // NOLINT
#include "challenge_server.h"

using namespace esphome;  // NOLINT

namespace {

using Sha = challenge::Sha256;

const uint8_t SECRET[] = {'s', 'e', 'c', 'r', 'e', 't'};
const uint8_t COMMANDS[] = {0x10};
constexpr uint8_t RESPONSE = 0x01;
constexpr uint16_t LIFETIME_MS = 2000;
constexpr uint32_t RESPONSE_TIME_MS = 20000;

class Device : public testing::Test {
 protected:
  Device() {
    this->server.set_profile(challenge::Mode::CLASSIC, 0, 32, LIFETIME_MS);
    this->server.set_secret(SECRET, sizeof(SECRET));
    this->server.set_commands(COMMANDS, sizeof(COMMANDS));
    this->server.add_trigger(&this->trigger);
    this->server.add_response([]() { return RESPONSE; }, false);
    this->server.set_response_time(RESPONSE_TIME_MS);
    this->server.setup();
    EXPECT_FALSE(this->server.failed);
    EXPECT_TRUE(this->key.set(challenge::Mode::CLASSIC, {SECRET, sizeof(SECRET)}, {nullptr, 0}));
  }

  void connect() {
    socket::waiting.push_back(this->wire);
    this->server.loop();
  }
  // In the classic mode a command's MAC is made as a response's.
  void answer(uint8_t command) {
    challenge::Exchange<challenge::MAX_LENGTH> exchange;
    exchange.challenge_size = 32;
    memcpy(exchange.challenge, this->wire->from_device.data(), exchange.challenge_size);
    uint8_t mac[Sha::SIZE];
    this->key.respond(exchange, 0, command, mac);
    this->wire->from_device.clear();
    this->wire->to_device.insert(this->wire->to_device.end(), mac, mac + sizeof(mac));
    this->server.loop();
  }

  std::shared_ptr<socket::Wire> wire{std::make_shared<socket::Wire>()};
  Trigger<> trigger;
  challenge::DeviceKey<Sha> key;
  oceanremote_challenge::ChallengeServer<Sha, 4> server;
};

TEST_F(Device, TheChallengeLeavesAtOnce) {
  this->connect();
  EXPECT_EQ(this->wire->from_device.size(), 32U);
}

TEST_F(Device, TheResponseLeavesBeforeTheEnd) {
  this->connect();
  ASSERT_EQ(this->wire->from_device.size(), 32U);
  this->answer(COMMANDS[0]);
  EXPECT_EQ(this->trigger.count, 1U);
  EXPECT_EQ(this->wire->from_device.size(), size_t{Sha::SIZE});
  EXPECT_TRUE(this->wire->closed);
  EXPECT_FALSE(this->wire->reset);
}

TEST_F(Device, TheResponseComesWhenTheActionsHaveEnded) {
  this->connect();
  this->trigger.running = true;
  this->answer(COMMANDS[0]);
  // Longer than the lifetime of a challenge, and nothing else wants its place.
  App.now += RESPONSE_TIME_MS - 1;
  this->server.loop();
  EXPECT_TRUE(this->wire->from_device.empty());
  EXPECT_FALSE(this->wire->closed);
  this->trigger.running = false;
  this->server.loop();
  EXPECT_EQ(this->wire->from_device.size(), size_t{Sha::SIZE});
  EXPECT_TRUE(this->wire->closed);
  EXPECT_EQ(this->trigger.count, 1U);
}

TEST_F(Device, ActionsThatTakeTooLongAreNotResponded) {
  this->connect();
  this->trigger.running = true;
  this->answer(COMMANDS[0]);
  App.now += RESPONSE_TIME_MS;
  this->server.loop();
  EXPECT_TRUE(this->wire->from_device.empty());
  EXPECT_TRUE(this->wire->closed);
}

TEST_F(Device, ACommandThatRunsGivesWayToNobody) {
  this->connect();
  this->trigger.running = true;
  this->answer(COMMANDS[0]);
  App.now += 10 * challenge::GIVE_WAY_MS;
  std::vector<std::shared_ptr<socket::Wire>> strangers;
  for (int i = 0; i < 6; i++) {
    strangers.push_back(std::make_shared<socket::Wire>());
    socket::waiting.push_back(strangers.back());
    this->server.loop();
  }
  EXPECT_FALSE(this->wire->closed);
  this->trigger.running = false;
  this->server.loop();
  EXPECT_EQ(this->wire->from_device.size(), size_t{Sha::SIZE});
}

TEST_F(Device, ASlowPeerGivesWayToAnother) {
  std::vector<std::shared_ptr<socket::Wire>> peers;
  const auto come = [&] {
    peers.push_back(std::make_shared<socket::Wire>());
    socket::waiting.push_back(peers.back());
    this->server.loop();
  };
  // All are of one address here, which may hold two of four.
  come();
  App.now += 1;
  come();
  App.now += challenge::GIVE_WAY_MS - 2;
  come();
  EXPECT_FALSE(peers[0]->closed);
  EXPECT_TRUE(peers[2]->closed || peers[2]->reset);
  App.now += 1;
  come();
  EXPECT_TRUE(peers[0]->closed);
  EXPECT_FALSE(peers[1]->closed);
  EXPECT_FALSE(peers[3]->closed);
}

TEST_F(Device, ARefusalEndsInOrderToo) {
  this->connect();
  ASSERT_EQ(this->wire->from_device.size(), 32U);
  this->answer(COMMANDS[0] + 1);
  EXPECT_EQ(this->trigger.count, 0U);
  EXPECT_TRUE(this->wire->from_device.empty());
  EXPECT_TRUE(this->wire->closed);
  EXPECT_FALSE(this->wire->reset);
}

TEST_F(Device, APeerThatSaysNothingIsLetGoInOrder) {
  this->connect();
  App.now += LIFETIME_MS;
  this->server.loop();
  EXPECT_TRUE(this->wire->closed);
  EXPECT_FALSE(this->wire->reset);
}

}  // namespace
