#include "wire.h"

#include <cstdio>

#include "esphome/core/log.h"
#include "esphome/core/progmem.h"

#include "esphome/components/oceanremote_core/http_status.h"

namespace esphome::oceanremote {

void Wire::open(size_t index, const HubAddress &address, ByteView ticket) {
  this->address_ = &address;
  this->ticket_ = ticket;
  this->pending_ = {};
  this->input_at_ = this->input_size_ = 0;
  this->failure_ = nullptr;
  this->retry_after_s_ = 0;
#ifdef USE_OCEANREMOTE_TLS
  this->stream_ = address.secure ? static_cast<Stream *>(&this->tls_) : &this->socket_;
#endif
  this->stream_->open(index, address);
  this->state_ = State::CONNECTING;
}

Wire::State Wire::poll() {
  switch (this->state_) {
    case State::CONNECTING:
      switch (this->stream_->poll()) {
        case Stream::State::OPEN:
          return this->start_upgrade_();
        case Stream::State::FAILED:
          return this->fail_(this->stream_->failure());
        default:
          return this->state_;
      }
    case State::UPGRADING:
      this->flush_();
      (void) this->receive();
      return this->state_;
    case State::OPEN:
      this->flush_();
      this->send_control_();
      return this->state_;
    default:
      return this->state_;
  }
}

Wire::State Wire::start_upgrade_() {
  size_t size = 0;
  const UpgradeRequest request{this->address_->authority, this->address_->path, this->ticket_};
  const Error error = this->websocket_.start(this->random_, request, this->tx_, sizeof(this->tx_), size);
  if (error != Error::NONE)
    return this->fail_(error_text(error));
  this->state_ = State::UPGRADING;
  this->pending_ = {this->tx_, size};
  this->flush_();
  return this->state_;
}

void Wire::send(size_t size) {
  this->pending_ = this->websocket_.wrap(this->frame(), size);
  this->flush_();
}

void Wire::flush_() {
  while (!this->pending_.empty()) {
    const ssize_t sent = this->stream_->write(this->pending_.data, this->pending_.size);
    if (sent < 0) {
      (void) this->fail_(this->stream_->failure());
      return;
    }
    if (sent == 0)
      return;
    this->pending_ = {this->pending_.data + sent, this->pending_.size - static_cast<size_t>(sent)};
  }
}

void Wire::send_control_() {
  if (!this->pending_.empty() || !this->websocket_.wants_control())
    return;
  this->pending_ = {this->tx_, this->websocket_.write_control(this->tx_, sizeof(this->tx_))};
  this->flush_();
}

void Wire::ping() {
  this->websocket_.ping();
  this->send_control_();
}

bool Wire::fill_input_() {
  if (this->input_at_ < this->input_size_)
    return true;
  this->input_at_ = this->input_size_ = 0;
  const ssize_t count = this->stream_->read(this->input_, INPUT_SIZE);
  if (count < 0 && this->state_ == State::UPGRADING && this->websocket_.http_status() >= 200) {
    // It has refused and hung up before the headers' end.
    (void) this->fail_http_();
  } else if (count < 0) {
    (void) this->fail_(this->stream_->failure());
  }
  if (count <= 0)
    return false;
  this->input_size_ = static_cast<uint16_t>(count);
  return true;
}

bool Wire::receive() {
  for (uint8_t reads = 0; reads < READS_PER_PASS && this->fill_input_(); reads++) {
    size_t used = 0;
    const WebSocketEvent event = this->websocket_.consume(
        this->input_ + this->input_at_, static_cast<size_t>(this->input_size_ - this->input_at_), used);
    this->input_at_ = static_cast<uint16_t>(this->input_at_ + used);
    switch (event) {
      case WebSocketEvent::NONE:
        break;
      case WebSocketEvent::OPENED:
        this->state_ = State::OPEN;
        return false;
      case WebSocketEvent::MESSAGE:
        return true;
      case WebSocketEvent::CLOSED:
        this->send_control_();
        (void) this->fail_websocket_();
        return false;
      case WebSocketEvent::FAILED:
        (void) this->fail_websocket_();
        return false;
    }
  }
  return false;
}

Wire::State Wire::fail_websocket_() {
  if (this->websocket_.error() == Error::HTTP_STATUS)
    return this->fail_http_();
  if (this->websocket_.close_code() != 0)
    return this->fail_with_number_(LOG_STR("closed by hub (%u)"), this->websocket_.close_code());
  return this->fail_(error_text(this->websocket_.error()));
}

Wire::State Wire::fail_http_() {
  this->retry_after_s_ = this->websocket_.retry_after_s();
  const LogString *text = http_status_text(this->websocket_.http_status());
  return text != nullptr ? this->fail_(text)
                         : this->fail_with_number_(LOG_STR("HTTP status %u"), this->websocket_.http_status());
}

Wire::State Wire::fail_with_number_(const LogString *format, unsigned number) {
  ESPHOME_snprintf_P(this->failure_text_, sizeof(this->failure_text_), LOG_STR_ARG(format), number);
  // What reads from flash reads from RAM, too.
  return this->fail_(reinterpret_cast<const LogString *>(this->failure_text_));
}

Wire::State Wire::fail_(const LogString *reason) {
  this->stream_->close();
  this->pending_ = {};
  this->failure_ = reason;
  return this->state_ = State::FAILED;
}

void Wire::start_closing(CloseCode code) {
  this->websocket_.close(code);
  this->send_control_();
}

void Wire::close(CloseCode code) {
  if (this->state_ == State::OPEN)
    this->start_closing(code);
  this->stream_->close();
  this->pending_ = {};
  this->state_ = State::CLOSED;
}

}  // namespace esphome::oceanremote
