#pragma once
// Tunnels to services of this board: a socket on the loopback interface for each stream that the hub has opened. What
// may be said when is the mux's affair (tunnel_mux.h).

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_TUNNELS

#include <memory>

#include "esphome/components/socket/socket.h"

#include "esphome/components/oceanremote_core/tunnel_mux.h"

namespace esphome::oceanremote {

class Tunnels {
 public:
  /// From generated code: where a service listens.
  void add(uint8_t service, uint16_t port) {
    this->ports_[service - 1] = port;
    this->services_ = static_cast<uint8_t>(this->services_ | (1U << (service - 1)));
    this->mux_.set_services(this->services_);
  }
  /// A bit per service, as the facts have them.
  [[nodiscard]] uint8_t services() const { return this->services_; }

  /// Takes what the hub says. False: it breaks the rules, the link must end.
  [[nodiscard]] bool receive(MessageType type, const TunnelMessage &message);
  /// Nobody is at the other end any more.
  void end_link();
  /// Connects, and hands the services what waits for them.
  void turn(uint32_t now_ms);
  [[nodiscard]] bool any() const { return this->mux_.any(); }
  /// One message besides bytes; 0: nothing is to be told.
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity) { return this->mux_.write(payload, capacity); }
  /// One message of bytes; 0: there are none.
  [[nodiscard]] size_t write_data(uint8_t *payload, size_t capacity);

 protected:
  struct Connection {
    std::unique_ptr<socket::Socket> socket;
    uint32_t stream{0};  ///< what the socket is for
    uint32_t since_ms{0};
  };

  void turn_(uint8_t place, uint32_t now_ms);
  void connect_(uint8_t place, uint32_t now_ms);
  void await_connection_(uint8_t place, uint32_t now_ms);
  void write_to_service_(uint8_t place);
  [[nodiscard]] size_t read_service_(uint8_t place, uint8_t *payload, size_t capacity);

  [[nodiscard]] uint16_t port_of_(uint8_t place) const {
    return this->ports_[static_cast<uint8_t>(this->mux_.service(place)) - 1];
  }

  TunnelMux mux_;
  Connection connections_[TUNNELS_MAX];
  uint16_t ports_[TUNNEL_SERVICES]{};
  uint8_t services_{0};
  uint8_t next_{0};  ///< the place whose turn it is to send
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_TUNNELS
