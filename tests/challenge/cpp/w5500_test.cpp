// The Arduino library behind a model of a W5500 and of Arduino's Ethernet library 2.0: eight
// sockets, one of which DHCP has; one listens at a time, and only accept() lets the next one
// listen; accept() hands out the lowest index first; who finds none listening is refused.
// So it is read in the library's source (EthernetServer.cpp, socket.cpp): nothing here ran on
// the chip.

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "EthernetTransport.h"
#include "peer.h"

namespace {

uint32_t now_ms;

struct Chip {
  enum class State { CLOSED, LISTEN, ESTABLISHED, ACCEPTED };
  struct Socket {
    State state{State::CLOSED};
    bool hub{false};
  };
  std::array<Socket, 7> sockets{};

  void listen() {
    for (auto &socket : this->sockets) {
      if (socket.state == State::LISTEN)
        return;
    }
    for (auto &socket : this->sockets) {
      if (socket.state == State::CLOSED) {
        socket.state = State::LISTEN;
        return;
      }
    }
  }
  /// False: refused.
  bool connect(bool hub) {
    for (auto &socket : this->sockets) {
      if (socket.state == State::LISTEN) {
        socket = {State::ESTABLISHED, hub};
        return true;
      }
    }
    return false;
  }
};

struct ModelClient {
  Chip *chip{nullptr};
  size_t index{0};

  explicit operator bool() const { return this->chip != nullptr; }
  bool connected() const { return this->chip->sockets[this->index].state == Chip::State::ACCEPTED; }
  bool is_hub() const { return this->chip->sockets[this->index].hub; }
  int available() const { return 0; }
  int read() { return -1; }
  void write(const uint8_t *, uint8_t) {}
  void stop() { this->chip->sockets[this->index] = {}; }
};

struct ModelServer {
  Chip chip;
  bool hub_served{false};

  ModelClient accept() {
    ModelClient found;
    for (size_t i = 0; i < this->chip.sockets.size(); i++) {
      auto &socket = this->chip.sockets[i];
      if (socket.state == Chip::State::ESTABLISHED) {
        socket.state = Chip::State::ACCEPTED;
        found = {&this->chip, i};
        this->hub_served |= socket.hub;
        break;
      }
    }
    this->chip.listen();
    return found;
  }
};

using Transport = challenge::EthernetTransport<ModelServer, ModelClient>;
using Sha = challenge::Sha256;

// As in custom_components/oceanremote/challenge/client.py.
constexpr uint32_t HUB_DEADLINE_MS = 12000;
constexpr uint32_t HUB_PAUSE_MS = 1500;

/// When the hub is served; HUB_DEADLINE_MS if it is not.
uint32_t served_after(unsigned held, uint32_t flood_interval, uint32_t hub_begins) {
  static const Bytes SECRET(16, 's'), DEVICE_ID(1, 'i'), COMMANDS{'O'};
  ModelServer server;
  Transport transport(server);
  GivenChallenges<Sha> challenges{Bytes(16, 'c')};
  challenge::Receiver<Sha, Transport, GivenChallenges<Sha>> receiver(transport, challenges);
  const challenge::Profile profile{challenge::Mode::STRICT, 16, 16, view(COMMANDS), 2000};
  EXPECT_TRUE(receiver.begin(profile, view(SECRET), view(DEVICE_ID), AnyPeer::execute, true));
  server.chip.listen();
  bool hub_waits = false;
  uint32_t hub_tries = hub_begins;
  for (now_ms = 0; now_ms < hub_begins + HUB_DEADLINE_MS; now_ms++) {
    receiver.loop();
    if (server.hub_served)
      return now_ms < hub_begins ? 0 : now_ms - hub_begins;
    // The strangers that hold on try again every ten milliseconds, until they are in.
    if (held > 0 && now_ms % 10 == 0 && server.chip.connect(false))
      held--;
    if (now_ms % flood_interval == 0)
      (void) server.chip.connect(false);
    if (now_ms >= hub_tries && !hub_waits) {
      hub_waits = server.chip.connect(true);
      hub_tries = now_ms + HUB_PAUSE_MS;
    }
  }
  return HUB_DEADLINE_MS;
}

TEST(W5500, SixSilentOnesDoNotKeepTheHubOut) {
  for (uint32_t begins = 0; begins < 3000; begins += 37)
    EXPECT_LT(served_after(6, 1000, begins), HUB_DEADLINE_MS) << begins;
}

TEST(W5500, NorDoesOneNewSilentConnectionASecond) {
  uint32_t longest = 0;
  for (uint32_t begins = 5000; begins < 8000; begins += 37)
    longest = std::max(longest, served_after(0, 1000, begins));
  RecordProperty("longest_ms", static_cast<int>(longest));
  printf("hub served after at most %u ms\n", longest);
  EXPECT_LT(longest, HUB_DEADLINE_MS);
}

}  // namespace

uint32_t millis() { return now_ms; }
