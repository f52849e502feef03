#pragma once
// Plain TCP over ESPHome's sockets. ESPHome's TcpClientLink is not used: it blocks in the lookup on host, retries on a
// clock of its own, and keeps a second transmit buffer.

#include <memory>

#include "esphome/core/defines.h"
#include "esphome/components/socket/socket.h"

#include "resolver.h"
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

 protected:
  [[nodiscard]] State fail_(const LogString *reason);
  [[nodiscard]] State look_up_();
  [[nodiscard]] State connect_();
  [[nodiscard]] State await_connection_();

  Resolver resolvers_[OCEANREMOTE_ADDRESS_COUNT];
  std::unique_ptr<socket::Socket> socket_;
  const HubAddress *address_{nullptr};
  const LogString *failure_{nullptr};
  size_t index_{0};
  State state_{State::CLOSED};
  bool drained_{true};  ///< the last read took all there was, so ready() may be asked again
};

}  // namespace esphome::oceanremote
