#pragma once
// Plain TCP over ESPHome's sockets. ESPHome's TcpClientLink is not used: it blocks in the lookup on host, retries on a
// clock of its own, and keeps a second transmit buffer.

#include <memory>

#include "esphome/core/defines.h"
#include "esphome/components/socket/socket.h"

#include "resolver.h"
#include "esphome/components/oceanremote_core/family_order.h"
#include "esphome/components/oceanremote_core/stream.h"

namespace esphome::oceanremote {

class SocketStream : public Stream {
 public:
  void open(size_t index, const HubAddress &address) override;
  [[nodiscard]] State poll() override;
  [[nodiscard]] ssize_t read(uint8_t *out, size_t size) override;
  [[nodiscard]] ssize_t write(const uint8_t *data, size_t size) override;
  void close() override;
  [[nodiscard]] const LogString *failure() const override { return this->failure_; }
  /// What is open leads to the hub: the host is reached over the same of IPv4 and IPv6 next time.
  void proved() { this->ways_[this->index_].order.proved(); }
  /// An index may stand for another host from now on.
  void renumber() {
    for (Way &way : this->ways_)
      way.order = FamilyOrder{};
  }

 protected:
  [[nodiscard]] State fail_(const LogString *reason);
  /// How a host is reached.
  struct Way {
    Resolver resolver;
    FamilyOrder order;
  };

  [[nodiscard]] LookupStates lookups_() const;
  [[nodiscard]] State find_way_();
  [[nodiscard]] State connect_();
  [[nodiscard]] State await_connection_();
  /// After a connection that came to nothing: the host's other address, if it has one.
  [[nodiscard]] State try_other_(const LogString *reason);
  void drop_socket_();

  Way ways_[OCEANREMOTE_ADDRESS_COUNT];
  IpAddress literal_;
  std::unique_ptr<socket::Socket> socket_;
  const HubAddress *address_{nullptr};
  const LogString *failure_{nullptr};
  size_t index_{0};
  State state_{State::CLOSED};
  bool is_literal_{false};  ///< the host is an address, which is in literal_
  bool drained_{true};      ///< the last read took all there was, so ready() may be asked again
};

}  // namespace esphome::oceanremote
