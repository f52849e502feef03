#pragma once

// ESPHome's sockets with the manners of the raw lwIP ones on ESP8266 and RP2: what is written waits
// unless the socket has no delay, close() sends it before the end, and a socket that is destroyed
// without a close() resets its connection.

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/types.h>
#include <vector>

namespace esphome::socket {

/// One connection, seen from the network.
struct Wire {
  std::deque<uint8_t> to_device;
  std::vector<uint8_t> unsent;
  std::vector<uint8_t> from_device;
  bool closed{false};
  bool reset{false};

  void send() {
    this->from_device.insert(this->from_device.end(), this->unsent.begin(), this->unsent.end());
    this->unsent.clear();
  }
};

class Socket {
 public:
  explicit Socket(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  ~Socket() { this->wire_->reset |= !this->wire_->closed; }

  int setblocking(bool) { return 0; }
  int setsockopt(int level, int option, const void *value, socklen_t) {
    if (level == IPPROTO_TCP && option == TCP_NODELAY)
      this->no_delay_ = *static_cast<const int *>(value) != 0;
    return 0;
  }
  ssize_t read(void *out, size_t size) {
    auto &input = this->wire_->to_device;
    if (input.empty()) {
      errno = EWOULDBLOCK;
      return -1;
    }
    size = std::min(size, input.size());
    std::copy_n(input.begin(), size, static_cast<uint8_t *>(out));
    input.erase(input.begin(), input.begin() + static_cast<ssize_t>(size));
    return static_cast<ssize_t>(size);
  }
  ssize_t write(const void *data, size_t size) {
    const auto *bytes = static_cast<const uint8_t *>(data);
    this->wire_->unsent.insert(this->wire_->unsent.end(), bytes, bytes + size);
    if (this->no_delay_)
      this->wire_->send();
    return static_cast<ssize_t>(size);
  }
  int close() {
    this->wire_->send();
    this->wire_->closed = true;
    return 0;
  }

 protected:
  std::shared_ptr<Wire> wire_;
  bool no_delay_{false};
};

/// What waits at the one port there is.
inline std::deque<std::shared_ptr<Wire>> waiting;

class ListenSocket {
 public:
  int setblocking(bool) { return 0; }
  int setsockopt(int, int, const void *, socklen_t) { return 0; }
  int bind(const sockaddr *, socklen_t) { return 0; }
  int listen(int) { return 0; }
  bool ready() { return !waiting.empty(); }
  std::unique_ptr<Socket> accept_loop_monitored(sockaddr *, socklen_t *) {
    auto socket = std::make_unique<Socket>(waiting.front());
    waiting.pop_front();
    return socket;
  }
};

inline std::unique_ptr<ListenSocket> socket_ip_loop_monitored(int, int) { return std::make_unique<ListenSocket>(); }
inline socklen_t set_sockaddr_any(sockaddr *, socklen_t size, uint16_t) { return size; }
inline bool sockaddr_to_ipv4(const sockaddr *, uint32_t *address) {
  *address = 1;
  return true;
}

}  // namespace esphome::socket
