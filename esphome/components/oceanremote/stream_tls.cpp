#include "stream_tls.h"

#include <algorithm>
#include <cstdio>

namespace esphome::oceanremote {

void TlsStream::open(size_t index, const HubAddress &address) {
  this->close();
  this->index_ = index + static_cast<size_t>(this->numbering_) * OCEANREMOTE_ADDRESS_COUNT;
  this->address_ = &address;
  this->failure_ = nullptr;
  this->records_ = TlsRecords();
  this->state_ = State::OPENING;
  this->carrier_.open(index, address);
}

Stream::State TlsStream::poll() {
  if (this->state_ != State::OPENING)
    return this->state_;
  const State carried = this->carrier_.poll();
  if (carried == State::OPENING)
    return this->state_;
  if (carried != State::OPEN) {
    this->failure_ = this->carrier_.failure();
    return this->give_up_();
  }
  if (!this->begun_) {
    this->begun_ = true;
    if (!this->begin()) {
      this->fail_(Error::OUT_OF_MEMORY);
      return this->give_up_();
    }
  }
  this->budget_ = HANDSHAKE_BYTES_PER_PASS;
  switch (this->shake_hands()) {
    case Progress::MORE:
      return this->state_;
    case Progress::DONE:
      return this->state_ = State::OPEN;
    case Progress::FAILED:
      break;
  }
  return this->give_up_();
}

ssize_t TlsStream::read(uint8_t *out, size_t size) {
  if (this->state_ != State::OPEN)
    return -1;
  const ssize_t count = this->take(out, size);
  if (count < 0)
    (void) this->give_up_();
  return count;
}

ssize_t TlsStream::write(const uint8_t *data, size_t size) {
  if (this->state_ != State::OPEN)
    return -1;
  const ssize_t count = this->give(data, size);
  if (count < 0)
    (void) this->give_up_();
  return count;
}

void TlsStream::close() {
  if (this->begun_)
    this->end(this->state_ == State::OPEN);
  this->begun_ = false;
  this->carrier_.close();
  this->state_ = State::CLOSED;
}

Stream::State TlsStream::give_up_() {
  if (this->failure_ == nullptr)
    this->fail_(Error::TLS_FAILED);
  // An alert that tells the server why has been written by the library.
  if (this->begun_)
    this->end(false);
  this->begun_ = false;
  this->carrier_.close();
  return this->state_ = State::FAILED;
}

ssize_t TlsStream::carrier_read_(uint8_t *out, size_t size) {
  if (this->failing_())
    return -1;
  if (this->shaking_hands_()) {
    size = std::min<size_t>(size, this->budget_);
    if (size == 0)
      return 0;
  }
  const ssize_t count = this->carrier_.read(out, size);
  if (count < 0) {
    if (this->records_.alert() != 0) {
      this->fail_with_alert_(this->records_.alert());
    } else if (this->shaking_hands_()) {
      this->fail_(Error::TLS_CUT);
    } else {
      this->failure_ = this->carrier_.failure();
    }
    return -1;
  }
  if (!this->shaking_hands_())
    return count;
  this->budget_ -= static_cast<size_t>(count);
  const Error error = this->records_.take({out, static_cast<size_t>(count)});
  if (error == Error::NONE)
    return count;
  this->fail_(error);
  return -1;
}

ssize_t TlsStream::carrier_write_(const uint8_t *data, size_t size) {
  const ssize_t count = this->carrier_.write(data, size);
  // What the server said before it hung up is yet to be read, and may say why.
  return count < 0 && this->shaking_hands_() ? 0 : count;
}

void TlsStream::fail_(Error error) {
  if (this->failure_ == nullptr)
    this->failure_ = error_text(error);
}

void TlsStream::fail_with_alert_(uint8_t alert) {
  if (this->failure_ == nullptr)
    this->failure_ = tls_alert_text(alert);
}

void TlsStream::fail_with_code_(long code) {
  if (this->failing_())
    return;
  if (this->records_.alert() != 0)
    return this->fail_with_alert_(this->records_.alert());
  std::snprintf(this->failure_text_, sizeof(this->failure_text_), "TLS failed (%ld)", code);
  // What reads from flash reads from RAM, too.
  this->failure_ = reinterpret_cast<const LogString *>(this->failure_text_);
}

}  // namespace esphome::oceanremote
