#pragma once
// Answers as the path says: /flood sends for ever, /echo sends back what comes, /deaf reads nothing more, /reset resets
// the connection, /half answers when its client has finished; any other path gets a page.

#include <cerrno>
#include <list>
#include <memory>
#include <string>

#include "esphome/components/socket/socket.h"
#include "esphome/core/component.h"
#include "esphome/core/log.h"

namespace esphome::stand_in {

class WebServerStandIn : public Component {
 public:
  void set_port(uint16_t port) { this->port_ = port; }
  float get_setup_priority() const override { return setup_priority::AFTER_WIFI; }

  void setup() override {
    this->listener_ = socket::socket_listen(AF_INET, SOCK_STREAM, 0);
    int yes = 1;
    this->listener_->setsockopt(SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    this->listener_->setblocking(false);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(this->port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (this->listener_->bind(reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0 ||
        this->listener_->listen(4) != 0)
      this->mark_failed();
  }

  void loop() override {
    if (auto client = this->listener_->accept(nullptr, nullptr)) {
      client->setblocking(false);
      this->clients_.push_back({std::move(client), "", "", ""});
    }
    this->clients_.remove_if([](Client &client) { return !serve(client); });
  }

 protected:
  struct Client {
    std::unique_ptr<socket::Socket> socket;
    std::string asked;
    std::string path;
    std::string answer;
    bool ended = false;  ///< the client sends no more
  };

  /// False: the connection is over.
  static bool serve(Client &client) {
    if (client.path != "/deaf" && !client.ended && client.answer.size() < 65536) {
      char bytes[2048];
      const ssize_t count = client.socket->read(bytes, sizeof(bytes));
      if (count == 0)
        client.ended = true;
      if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
      if (count > 0)
        client.asked.append(bytes, size_t(count));
    }
    const size_t end = client.asked.find("\r\n\r\n");
    if (client.path.empty() && end != std::string::npos) {
      const size_t from = client.asked.find(' ') + 1;
      client.path = client.asked.substr(from, client.asked.find(' ', from) - from);
      client.asked.erase(0, end + 4);
      ESP_LOGI("stand_in", "Asked for %s", client.path.c_str());
      if (client.path == "/reset") {
        linger now{1, 0};
        client.socket->setsockopt(SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        return false;
      }
      if (client.path[1] != '\0' && client.path != "/page")
        client.answer = "HTTP/1.1 200 OK\r\n\r\n";
      else
        client.answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 35\r\nConnection: close\r\n\r\n"
                        "<h1>The board's own web server</h1>";
    }
    if (client.path == "/echo") {
      client.answer += client.asked;
      client.asked.clear();
    } else if (client.path == "/flood" && client.answer.size() < 8192) {
      client.answer.append(8192, '.');
    } else if (client.path == "/half" && client.ended && client.asked != "told") {
      client.answer += "finished\n";
      client.asked = "told";
    }
    if (!client.answer.empty()) {
      const ssize_t count = client.socket->write(client.answer.data(), client.answer.size());
      if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
      if (count > 0)
        client.answer.erase(0, size_t(count));
    }
    const bool is_page = client.path == "/" || client.path == "/page";
    return !(client.answer.empty() && (client.ended || is_page));
  }

  std::unique_ptr<socket::ListenSocket> listener_;
  std::list<Client> clients_;
  uint16_t port_{0};
};

}  // namespace esphome::stand_in
