#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "esphome/components/socket/socket.h"

namespace esphome::oceanremote_challenge {

/// Where a connection comes from, as far as its share of the connections goes: an IPv4
/// address, or the first half of an IPv6 one, behind which one host has them all.
struct PeerAddress {
  std::array<uint8_t, 8> bytes{};

  bool operator==(const PeerAddress &other) const { return this->bytes == other.bytes; }
};

/// A TCP port and the connections that wait at it. Never blocks.
class ChallengeListener {
 public:
  /// False if the port cannot be had.
  [[nodiscard]] bool open(uint16_t port);

  /// The next connection, non-blocking and with its peer's address; nullptr if none waits.
  [[nodiscard]] std::unique_ptr<socket::Socket> accept(PeerAddress &peer);

 protected:
  std::unique_ptr<socket::ListenSocket> socket_;
};

}  // namespace esphome::oceanremote_challenge
