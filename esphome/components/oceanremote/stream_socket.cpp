#include "stream_socket.h"

#include <cerrno>

#include "esphome/core/log.h"

#include "connect_failure.h"

namespace esphome::oceanremote {

void SocketStream::open(size_t index, const HubAddress &address) {
  this->close();
  this->index_ = index;
  this->address_ = &address;
  this->resolvers_[index].start(address.host);
  this->state_ = State::OPENING;
}

Stream::State SocketStream::poll() {
  if (this->state_ != State::OPENING)
    return this->state_;
  return this->socket_ == nullptr ? this->look_up_() : this->await_connection_();
}

Stream::State SocketStream::look_up_() {
  switch (this->resolvers_[this->index_].poll()) {
    case LookupState::RUNNING:
      return State::OPENING;
    case LookupState::FOUND:
      return this->connect_();
    default:
      return this->fail_(LOG_STR("host name not found"));
  }
}

Stream::State SocketStream::connect_() {
  sockaddr_storage destination;
  const socklen_t size = this->resolvers_[this->index_].address(destination, this->address_->port);
  if (size == 0)
    return this->fail_(LOG_STR("host name not found"));
  this->socket_ = socket::socket_loop_monitored(destination.ss_family, SOCK_STREAM, IPPROTO_TCP);
  if (this->socket_ == nullptr || this->socket_->setblocking(false) != 0)
    return this->fail_(LOG_STR("no socket"));
  int yes = 1;
  // Latency only; a stack that refuses it works all the same.
  (void) this->socket_->setsockopt(IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (this->socket_->connect(reinterpret_cast<sockaddr *>(&destination), size) != 0 && errno != EINPROGRESS)
    return this->fail_(connect_failure(errno));
  return State::OPENING;
}

Stream::State SocketStream::await_connection_() {
  int cause = 0;
  switch (socket::poll_connect(*this->socket_, cause)) {
    case socket::ConnectPollResult::CONNECT_POLL_RESULT_PENDING:
      return State::OPENING;
    case socket::ConnectPollResult::CONNECT_POLL_RESULT_CONNECTED:
      this->drained_ = false;
      return this->state_ = State::OPEN;
    default:
      return this->fail_(connect_failure(cause));
  }
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

void SocketStream::close() {
  if (this->socket_ != nullptr) {
    // Without a shutdown before it: on lwIP that one frees what close() then works on.
    this->socket_->close();
    this->socket_.reset();
  }
  this->state_ = State::CLOSED;
}

Stream::State SocketStream::fail_(const LogString *reason) {
  this->close();
  this->failure_ = reason;
  return this->state_ = State::FAILED;
}

}  // namespace esphome::oceanremote
