#include "websocket.h"

namespace esphome::oceanremote {

// RFC 6455 section 5.2
static constexpr uint8_t FINAL = 0x80;
static constexpr uint8_t RESERVED_BITS = 0x70;
static constexpr uint8_t MASKED = 0x80;
static constexpr uint8_t LENGTH_BITS = 0x7F;
static constexpr uint8_t LENGTH_16 = 126;
static constexpr size_t MASK_SIZE = 4;
static constexpr char MASK_LABEL[] IN_FLASH = "oceanremote/1 mask";

Error WebSocket::start(RandomSource &random, const UpgradeRequest &request, uint8_t *out, size_t capacity,
                       size_t &size) {
  this->message_size_ = 0;
  this->frame_size_ = 0;
  this->frame_taken_ = 0;
  this->head_size_ = 0;
  this->mask_count_ = 0;
  this->close_code_ = 0;
  this->part_ = Part::HEAD;
  this->error_ = Error::NONE;
  this->in_message_ = false;
  this->message_ready_ = false;
  this->pong_pending_ = false;
  this->ping_pending_ = false;
  this->pong_seen_ = false;
  this->close_pending_ = false;
  this->close_sent_ = false;
  this->state_ = State::IDLE;

  Secret<KEY_SIZE + 16> drawn;
  Error error = random.fill(drawn.data(), drawn.size());
  if (error != Error::NONE)
    return error;
  this->mask_seed_.assign(drawn.data());
  error = this->upgrade_.start(drawn.data() + KEY_SIZE, request, out, capacity, size);
  if (error == Error::NONE)
    this->state_ = State::UPGRADING;
  return error;
}

WebSocketEvent WebSocket::fail_(Error error) {
  this->error_ = error;
  this->state_ = State::FAILED;
  return WebSocketEvent::FAILED;
}

WebSocketEvent WebSocket::dead_event_() {
  if (this->state_ == State::IDLE)
    return this->fail_(Error::WRONG_STATE);
  return this->state_ == State::CLOSED ? WebSocketEvent::CLOSED : WebSocketEvent::FAILED;
}

// In

WebSocketEvent WebSocket::consume(const uint8_t *data, size_t size, size_t &used) {
  used = 0;
  while (used < size && !this->message_ready_) {
    WebSocketEvent event;
    if (this->state_ == State::UPGRADING) {
      event = this->upgrade_byte_(data[used++]);
    } else if (this->state_ != State::OPEN) {
      return this->dead_event_();
    } else if (this->part_ == Part::HEAD) {
      event = this->head_byte_(data[used++]);
    } else {
      used += this->take_payload_(data + used, size - used);
      event = this->frame_taken_ == this->frame_size_ ? this->end_frame_() : WebSocketEvent::NONE;
    }
    if (event != WebSocketEvent::NONE)
      return event;
  }
  return WebSocketEvent::NONE;
}

WebSocketEvent WebSocket::upgrade_byte_(uint8_t byte) {
  switch (this->upgrade_.take(byte)) {
    case HttpUpgrade::Progress::MORE:
      return WebSocketEvent::NONE;
    case HttpUpgrade::Progress::DONE:
      this->state_ = State::OPEN;
      return WebSocketEvent::OPENED;
    default:
      return this->fail_(this->upgrade_.error());
  }
}

WebSocketEvent WebSocket::head_byte_(uint8_t byte) {
  this->head_[this->head_size_++] = byte;
  Error error = Error::NONE;
  if (this->head_size_ == 1) {
    error = this->check_opcode_();
    return error == Error::NONE ? WebSocketEvent::NONE : this->fail_(error);
  }
  const bool is_long = (this->head_[1] & LENGTH_BITS) == LENGTH_16;
  if (this->head_size_ == 2) {
    error = this->take_length_();
    if (error != Error::NONE)
      return this->fail_(error);
  }
  if (is_long && this->head_size_ < 4)
    return WebSocketEvent::NONE;
  if (is_long) {
    this->frame_size_ = load_be16(this->head_ + 2);
    if (this->frame_size_ < LENGTH_16)
      return this->fail_(Error::WEBSOCKET_MALFORMED);
  }
  error = this->check_length_();
  if (error != Error::NONE)
    return this->fail_(error);
  this->head_size_ = 0;
  this->frame_taken_ = 0;
  this->part_ = Part::PAYLOAD;
  // Its payload takes the place of an earlier ping's, which needs no answer then (section 5.5.3).
  if (this->opcode_() == Opcode::PING || this->opcode_() == Opcode::CLOSE)
    this->pong_pending_ = false;
  return this->frame_size_ == 0 ? this->end_frame_() : WebSocketEvent::NONE;
}

Error WebSocket::check_opcode_() const {
  if ((this->head_[0] & RESERVED_BITS) != 0)
    return Error::WEBSOCKET_MALFORMED;
  switch (this->opcode_()) {
    case Opcode::TEXT:
      return Error::WEBSOCKET_TEXT;
    case Opcode::BINARY:
      return this->in_message_ ? Error::WEBSOCKET_MALFORMED : Error::NONE;
    case Opcode::CONTINUATION:
      return this->in_message_ ? Error::NONE : Error::WEBSOCKET_MALFORMED;
    case Opcode::CLOSE:
    case Opcode::PING:
    case Opcode::PONG:
      return this->is_final_() ? Error::NONE : Error::WEBSOCKET_MALFORMED;
  }
  return Error::WEBSOCKET_MALFORMED;
}

Error WebSocket::take_length_() {
  if ((this->head_[1] & MASKED) != 0)
    return Error::WEBSOCKET_MALFORMED;  // a server never masks (section 5.1)
  const uint8_t length = this->head_[1] & LENGTH_BITS;
  if (length > LENGTH_16)
    return Error::WEBSOCKET_TOO_LARGE;  // 64 bits of length: more than any buffer here
  if (length == LENGTH_16 && this->is_control_())
    return Error::WEBSOCKET_MALFORMED;
  this->frame_size_ = length;
  return Error::NONE;
}

Error WebSocket::check_length_() const {
  if (this->is_control_())
    return Error::NONE;  // at most 125 bytes by now
  const size_t room = this->capacity_ - (this->in_message_ ? this->message_size_ : 0);
  return this->frame_size_ <= room ? Error::NONE : Error::WEBSOCKET_TOO_LARGE;
}

size_t WebSocket::take_payload_(const uint8_t *data, size_t size) {
  const size_t wanted = this->frame_size_ - this->frame_taken_;
  const size_t taken = size < wanted ? size : wanted;
  if (this->is_control_()) {
    // Nobody asks what a pong holds.
    if (this->opcode_() != Opcode::PONG)
      std::memcpy(this->control_ + this->frame_taken_, data, taken);
  } else {
    const size_t before = this->in_message_ ? this->message_size_ : 0;
    std::memcpy(this->buffer_ + before + this->frame_taken_, data, taken);
  }
  this->frame_taken_ += taken;
  return taken;
}

WebSocketEvent WebSocket::end_frame_() {
  this->part_ = Part::HEAD;
  switch (this->opcode_()) {
    case Opcode::CLOSE:
      return this->end_close_();
    case Opcode::PING:
      this->pong_size_ = static_cast<uint8_t>(this->frame_size_);
      this->pong_pending_ = !this->close_sent_;
      return WebSocketEvent::NONE;
    case Opcode::PONG:
      this->pong_seen_ = true;
      return WebSocketEvent::NONE;
    default:
      break;
  }
  this->message_size_ = (this->in_message_ ? this->message_size_ : 0) + this->frame_size_;
  this->in_message_ = !this->is_final_();
  this->message_ready_ = this->is_final_();
  return this->message_ready_ ? WebSocketEvent::MESSAGE : WebSocketEvent::NONE;
}

WebSocketEvent WebSocket::end_close_() {
  if (this->frame_size_ == 1)
    return this->fail_(Error::WEBSOCKET_MALFORMED);
  this->close_code_ = this->frame_size_ == 0 ? 0 : load_be16(this->control_);
  this->state_ = State::CLOSED;
  this->error_ = Error::WEBSOCKET_CLOSED;
  this->pong_pending_ = false;
  this->ping_pending_ = false;
  if (!this->close_sent_) {
    this->close_to_send_ = this->close_code_;
    this->close_pending_ = true;
  }
  return WebSocketEvent::CLOSED;
}

void WebSocket::release() {
  this->message_ready_ = false;
  this->message_size_ = 0;
}

// Out

void WebSocket::apply_mask_(uint8_t mask[MASK_SIZE], uint8_t *payload, size_t size) {
  uint8_t digest[HASH_SIZE];
  uint8_t count[4];
  store_be32(count, this->mask_count_++);
  Sha256 hash;
  hash.update(MASK_LABEL);
  hash.update(this->mask_seed_.view());
  hash.update(ByteView{count});
  hash.finish(digest);
  std::memcpy(mask, digest, MASK_SIZE);
  for (size_t i = 0; i < size; i++)
    payload[i] ^= mask[i % MASK_SIZE];
}

ByteView WebSocket::wrap(uint8_t *message, size_t size) {
  const bool is_long = size >= LENGTH_16;
  const size_t head_size = (is_long ? 4 : 2) + MASK_SIZE;
  uint8_t *head = message - head_size;
  head[0] = FINAL | static_cast<uint8_t>(Opcode::BINARY);
  if (is_long) {
    head[1] = MASKED | LENGTH_16;
    store_be16(head + 2, static_cast<uint16_t>(size));
  } else {
    head[1] = static_cast<uint8_t>(MASKED | size);
  }
  this->apply_mask_(message - MASK_SIZE, message, size);
  return {head, head_size + size};
}

size_t WebSocket::write_control_frame_(Opcode opcode, const uint8_t *payload, size_t size, uint8_t *out) {
  uint8_t *body = out + 2 + MASK_SIZE;
  out[0] = FINAL | static_cast<uint8_t>(opcode);
  out[1] = static_cast<uint8_t>(MASKED | size);
  if (size != 0)
    std::memcpy(body, payload, size);
  this->apply_mask_(out + 2, body, size);
  return 2 + MASK_SIZE + size;
}

size_t WebSocket::write_control(uint8_t *out, size_t capacity) {
  if (capacity < WS_CONTROL_FRAME_MAX)
    return 0;
  if (this->close_pending_) {
    uint8_t code[2];
    store_be16(code, this->close_to_send_);
    this->close_pending_ = false;
    this->pong_pending_ = false;
    this->ping_pending_ = false;
    this->close_sent_ = true;
    return this->write_control_frame_(Opcode::CLOSE, code, this->close_to_send_ == 0 ? 0 : sizeof(code), out);
  }
  if (this->pong_pending_) {
    this->pong_pending_ = false;
    return this->write_control_frame_(Opcode::PONG, this->control_, this->pong_size_, out);
  }
  if (this->ping_pending_) {
    this->ping_pending_ = false;
    return this->write_control_frame_(Opcode::PING, nullptr, 0, out);
  }
  return 0;
}

void WebSocket::close(CloseCode code) {
  if (this->state_ != State::OPEN || this->close_sent_)
    return;
  this->close_to_send_ = static_cast<uint16_t>(code);
  this->close_pending_ = true;
}

}  // namespace esphome::oceanremote
