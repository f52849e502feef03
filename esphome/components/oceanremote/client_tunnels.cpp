// Tunnels on the link: what the hub says of them, and when it is told of them.

#include "client.h"

#ifdef USE_OCEANREMOTE_TUNNELS

#include <algorithm>

namespace esphome::oceanremote {

bool Client::handle_tunnel_(const HubMessage &message) {
  if (this->tunnels_.receive(message.type, message.tunnel))
    return true;
  this->break_link_(error_text(Error::MESSAGE_UNEXPECTED));
  return false;
}

/// One message, and only where nothing else waits; bytes of a service only where no other bulk is under way.
void Client::send_tunnels_() {
  const uint64_t now = this->now_();
  this->tunnels_.turn(static_cast<uint32_t>(now));
  if (!this->connected_ || this->describing_ || !this->wire_.can_send() || this->link_.want() == LinkWant::SEND ||
      !this->link_.can_send(now))
    return;
  uint8_t *payload = this->wire_.frame() + DATA_HEADER_SIZE;
  const size_t capacity = this->link_.max_payload(FRAME_CAPACITY);
  size_t size = this->tunnels_.write(payload, capacity);
  const bool is_bulk = size == 0 && this->bulk_.is_idle(now);
  if (is_bulk)
    size = this->tunnels_.write_data(payload, std::min<size_t>(capacity, BulkWindow::SIZE));
  const size_t frame_size = size == 0 ? 0 : this->seal_(size, now);
  if (frame_size == 0)
    return;
  this->wire_.send(frame_size);
  if (is_bulk)
    this->bulk_.sent(frame_size);
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_TUNNELS
