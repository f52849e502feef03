#pragma once

// Joins challenge::Receiver to Arduino's Ethernet library, or any other whose server hands
// out a connected client by accept().

#include <Arduino.h>
#include <stdint.h>

namespace challenge {

/// Serves one client at a time; the Ethernet chip keeps others waiting in its own sockets.
template<class Server, class Client> class EthernetTransport {
 public:
  explicit EthernetTransport(Server &server) : server_(server) {}

  bool connected() {
    if (this->open_ && this->client_.connected())
      return true;
    if (this->open_)
      this->close();
    this->client_ = this->server_.accept();
    this->open_ = static_cast<bool>(this->client_);
    return this->open_;
  }
  int available() { return this->open_ ? this->client_.available() : 0; }
  uint8_t read() { return static_cast<uint8_t>(this->client_.read()); }
  void write(const uint8_t *data, uint8_t size) { this->client_.write(data, size); }
  void close() {
    this->client_.stop();
    this->open_ = false;
  }
  bool next() {
    Client other = this->server_.accept();
    if (!other)
      return false;
    this->client_.stop();
    this->client_ = other;
    return true;
  }
  uint32_t now() const { return millis(); }

 protected:
  Server &server_;
  Client client_;
  bool open_{false};
};

}  // namespace challenge
