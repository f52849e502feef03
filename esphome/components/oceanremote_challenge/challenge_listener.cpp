#include "challenge_listener.h"

#include <cerrno>
#include <cstring>

#include "esphome/core/log.h"

namespace esphome::oceanremote_challenge {

static const char *const TAG = "oceanremote_challenge";
static constexpr int BACKLOG = 4;

static PeerAddress address_of(const struct sockaddr_storage &storage) {
  PeerAddress address;
  uint32_t ipv4;
  if (socket::sockaddr_to_ipv4(reinterpret_cast<const struct sockaddr *>(&storage), &ipv4)) {
    memcpy(address.bytes.data(), &ipv4, sizeof(ipv4));
    return address;
  }
#if USE_NETWORK_IPV6
  struct sockaddr_in6 ipv6;
  memcpy(&ipv6, &storage, sizeof(ipv6));
  memcpy(address.bytes.data(), &ipv6.sin6_addr, address.bytes.size());
#endif
  return address;
}

bool ChallengeListener::open(uint16_t port) {
  this->socket_ = socket::socket_ip_loop_monitored(SOCK_STREAM, IPPROTO_TCP);
  if (this->socket_ == nullptr)
    return false;
  int yes = 1;
  this->socket_->setsockopt(SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  struct sockaddr_storage local;
  auto *const address = reinterpret_cast<struct sockaddr *>(&local);
  const socklen_t size = socket::set_sockaddr_any(address, sizeof(local), port);
  if (size != 0 && this->socket_->setblocking(false) == 0 && this->socket_->bind(address, size) == 0 &&
      this->socket_->listen(BACKLOG) == 0) {
    return true;
  }
  ESP_LOGE(TAG, "Port %u: error %d", port, errno);
  this->socket_.reset();
  return false;
}

std::unique_ptr<socket::Socket> ChallengeListener::accept(PeerAddress &peer) {
  if (this->socket_ == nullptr || !this->socket_->ready())
    return nullptr;
  struct sockaddr_storage storage {};
  socklen_t size = sizeof(storage);
  auto connection = this->socket_->accept_loop_monitored(reinterpret_cast<struct sockaddr *>(&storage), &size);
  if (connection == nullptr || connection->setblocking(false) != 0)
    return nullptr;
  // The whole of a message is written at once; without this lwIP keeps it until the next one.
  int yes = 1;
  connection->setsockopt(IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  peer = address_of(storage);
  return connection;
}

}  // namespace esphome::oceanremote_challenge
