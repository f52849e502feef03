#include "stream_socket.h"

#include <cerrno>
#include <cstring>

#include "esphome/core/hal.h"
#include "esphome/core/log.h"

#include "connect_failure.h"

namespace esphome::oceanremote {

void SocketStream::open(size_t index, const HubAddress &address) {
  this->close();
  this->index_ = index;
  this->address_ = &address;
  this->failure_ = nullptr;
  Way &way = this->ways_[index];
  way.order.begin();
  this->is_literal_ = read_ip_address(address.host, this->literal_);
  if (!this->is_literal_)
    way.resolver.start(address.host);
  this->state_ = State::OPENING;
}

Stream::State SocketStream::poll() {
  if (this->state_ != State::OPENING)
    return this->state_;
  return this->socket_ == nullptr ? this->find_way_() : this->await_connection_();
}

LookupStates SocketStream::lookups_() const {
  if (!this->is_literal_)
    return this->ways_[this->index_].resolver.states();
  return this->literal_.family == Family::IPV4 ? LookupStates{LookupState::FOUND, LookupState::FAILED, false}
                                               : LookupStates{LookupState::FAILED, LookupState::FOUND, true};
}

Stream::State SocketStream::find_way_() {
  switch (this->ways_[this->index_].order.next(millis(), this->lookups_())) {
    case FamilyOrder::Step::WAIT:
      return State::OPENING;
    case FamilyOrder::Step::CONNECT:
      return this->connect_();
    case FamilyOrder::Step::EXHAUSTED:
      return this->fail_(this->failure_);
    default:
      return this->fail_(LOG_STR("host name not found"));
  }
}

static socklen_t fill_sockaddr(const IpAddress &address, uint16_t port, sockaddr_storage &out) {
  out = {};
#ifdef OCEANREMOTE_IPV6
  if (address.family == Family::IPV6) {
    auto &ipv6 = reinterpret_cast<sockaddr_in6 &>(out);
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    std::memcpy(&ipv6.sin6_addr, address.bytes, address.size());
    return sizeof(ipv6);
  }
#endif
  auto &ipv4 = reinterpret_cast<sockaddr_in &>(out);
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = htons(port);
  std::memcpy(&ipv4.sin_addr, address.bytes, sizeof(ipv4.sin_addr));
  return sizeof(ipv4);
}

Stream::State SocketStream::connect_() {
  const Way &way = this->ways_[this->index_];
  const IpAddress address = this->is_literal_ ? this->literal_ : way.resolver.address(way.order.family());
  sockaddr_storage destination;
  const socklen_t size = fill_sockaddr(address, this->address_->port, destination);
  this->socket_ = socket::socket_loop_monitored(destination.ss_family, SOCK_STREAM, IPPROTO_TCP);
  if (this->socket_ == nullptr || this->socket_->setblocking(false) != 0)
    return this->try_other_(LOG_STR("no socket"));
  int yes = 1;
  // Latency only; a stack that refuses it works all the same.
  (void) this->socket_->setsockopt(IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (this->socket_->connect(reinterpret_cast<sockaddr *>(&destination), size) != 0 && errno != EINPROGRESS)
    return this->try_other_(connect_failure(errno));
  return State::OPENING;
}

Stream::State SocketStream::await_connection_() {
  FamilyOrder &order = this->ways_[this->index_].order;
  int cause = 0;
  switch (socket::poll_connect(*this->socket_, cause)) {
    case socket::ConnectPollResult::CONNECT_POLL_RESULT_PENDING:
      if (order.gives_up(millis(), this->lookups_()))
        return this->try_other_(LOG_STR("no answer"));
      return State::OPENING;
    case socket::ConnectPollResult::CONNECT_POLL_RESULT_CONNECTED:
      order.connected();
      this->drained_ = false;
      return this->state_ = State::OPEN;
    default:
      return this->try_other_(connect_failure(cause));
  }
}

Stream::State SocketStream::try_other_(const LogString *reason) {
  this->drop_socket_();
  this->failure_ = reason;
  return this->find_way_();
}

ssize_t SocketStream::read(uint8_t *out, size_t size) {
  if (this->state_ != State::OPEN)
    return -1;
  if (this->drained_ && !this->socket_->ready())
    return 0;
  const ssize_t count = this->socket_->read(out, size);
  this->drained_ = count < 0;
  if (count > 0)
    return count;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return 0;
  (void) this->fail_(count == 0 ? LOG_STR("closed by the peer") : LOG_STR("connection lost"));
  return -1;
}

ssize_t SocketStream::write(const uint8_t *data, size_t size) {
  if (this->state_ != State::OPEN)
    return -1;
  const ssize_t count = this->socket_->write(data, size);
  if (count >= 0)
    return count;
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return 0;
  (void) this->fail_(LOG_STR("connection lost"));
  return -1;
}

void SocketStream::drop_socket_() {
  if (this->socket_ == nullptr)
    return;
  // Without a shutdown before it: on lwIP that one frees what close() then works on.
  this->socket_->close();
  this->socket_.reset();
}

void SocketStream::close() {
  this->drop_socket_();
  this->state_ = State::CLOSED;
}

Stream::State SocketStream::fail_(const LogString *reason) {
  this->close();
  this->failure_ = reason;
  return this->state_ = State::FAILED;
}

}  // namespace esphome::oceanremote
