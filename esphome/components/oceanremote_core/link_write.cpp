#include "link.h"

namespace esphome::oceanremote {

/// READY is the first DATA of every epoch, so nothing may overtake it.
Link::Own Link::next_own_() const {
  if (!this->session_.active())
    return Own::NOTHING;
  if (this->ready_pending_)
    return Own::READY;
  if (this->stored_pending_)
    return Own::STORED;
  if (this->hub_key_stored_pending_)
    return Own::HUB_KEY_STORED;
  if (this->ping_count_ != 0)
    return Own::PONG;
  if (this->result_count_ != 0)
    return Own::RESULT;
  if (this->rotate_pending_)
    return Own::ROTATE;
  return this->goodbye_pending_ ? Own::GOODBYE : Own::NOTHING;
}

WITHOUT_TABLES void Link::write_own_(Own own, CborWriter &writer) const {
  const uint8_t no_description[HASH_SIZE] = {};
  switch (own) {
    case Own::READY:
      write_ready(writer, this->session_.purpose() == Purpose::REGISTRATION ? no_description : this->description_hash_,
                  this->settings_.facts);
      break;
    case Own::STORED:
      write_stored(writer, this->stored_hash_);
      break;
    case Own::HUB_KEY_STORED:
      write_hub_key_stored(writer, this->stored_hub_key_id_);
      break;
    case Own::PONG:
      write_pong(writer, this->pings_[0]);
      break;
    case Own::RESULT:
      write_result(writer, this->results_[0].id, this->results_[0].status, this->results_[0].reason);
      break;
    case Own::ROTATE:
      write_rotate(writer);
      break;
    case Own::GOODBYE:
      write_goodbye(writer, this->goodbye_s_, this->goodbye_why_);
      break;
    case Own::NOTHING:
      break;
  }
}

WITHOUT_TABLES void Link::own_is_sent_(Own own) {
  switch (own) {
    case Own::READY:
      this->ready_pending_ = false;
      break;
    case Own::STORED:
      this->stored_pending_ = false;
      break;
    case Own::HUB_KEY_STORED:
      this->hub_key_stored_pending_ = false;
      break;
    case Own::PONG:
      this->ping_count_--;
      std::memmove(this->pings_[0], this->pings_[1], this->ping_count_ * NONCE_SIZE);
      break;
    case Own::RESULT:
      this->result_count_--;
      std::memmove(&this->results_[0], &this->results_[1], this->result_count_ * sizeof(PendingResult));
      break;
    case Own::ROTATE:
      this->rotate_pending_ = false;
      break;
    case Own::GOODBYE:
      this->goodbye_pending_ = false;
      break;
    case Own::NOTHING:
      break;
  }
}

size_t Link::write_init_(uint8_t *out, size_t capacity, uint64_t now_ms) {
  size_t size = 0;
  const Error error = this->handshake_.write_init(out, capacity, now_ms, size);
  if (error != Error::NONE) {
    this->fail_(error);
    this->unreported_ = true;
    return 0;
  }
  this->deadline_ms_ = now_ms + ACCEPT_TIMEOUT_MS;
  return size;
}

size_t Link::write(uint8_t *out, size_t capacity, uint64_t now_ms) {
  if (this->want() != LinkWant::SEND)
    return 0;
  if (this->handshake_.action() == Handshake::Action::WRITE_INIT)
    return this->write_init_(out, capacity, now_ms);
  const Own own = this->next_own_();
  CborWriter writer(out + DATA_HEADER_SIZE, this->max_payload(capacity));
  this->write_own_(own, writer);
  size_t size = 0;
  Error error = writer.ok() ? Error::NONE : Error::BUFFER_TOO_SMALL;
  if (error == Error::NONE)
    error = this->session_.seal(out, writer.size(), now_ms, size);
  if (error != Error::NONE) {
    this->fail_(error);
    this->unreported_ = true;
    return 0;
  }
  this->own_is_sent_(own);
  return size;
}

}  // namespace esphome::oceanremote
