#include "session.h"

namespace esphome::oceanremote {

// The device stops at 0.98 of a lifetime that it started earlier than the hub: it errs to dead.
static constexpr uint64_t LIFETIME_MS_PER_S = 980;

void Session::Epoch::take(Epoch &other) {
  this->receive.take(other.receive);
  std::memcpy(this->associated_data, other.associated_data, ASSOCIATED_DATA_SIZE);
  std::memcpy(this->hash, other.hash, HASH_SIZE);
  this->epoch = other.epoch;
  this->received = other.received;
  this->started_ms = other.started_ms;
  this->expires_ms = other.expires_ms;
  other.wipe();
}

void Session::Epoch::wipe() {
  this->receive.wipe();
  wipe_bytes(this->associated_data, sizeof(this->associated_data));
  wipe_bytes(this->hash, sizeof(this->hash));
  this->epoch = 0;
  this->received = 0;
  this->started_ms = 0;
  this->expires_ms = 0;
}

static void wipe_keys(EpochKeys &keys) {
  keys.send.wipe();
  keys.receive.wipe();
  wipe_bytes(keys.hash, sizeof(keys.hash));
}

Error Session::install(EpochKeys &keys) {
  Error error = Error::NONE;
  if (keys.epoch != this->current_.epoch + 1)
    error = Error::WRONG_STATE;
  else if (keys.lifetime_s == 0 || keys.ping_interval_s == 0 || keys.hub_rx_limit < RX_LIMIT_MIN)
    error = Error::LIMIT_UNACCEPTABLE;
  if (error != Error::NONE) {
    wipe_keys(keys);
    return error;
  }
  if (this->current_.epoch != 0)
    this->previous_.take(this->current_);
  this->send_.take(keys.send);
  this->sent_ = 0;
  Epoch &epoch = this->current_;
  epoch.receive.take(keys.receive);
  std::memcpy(epoch.associated_data, keys.session_id, SESSION_ID_SIZE);
  std::memcpy(epoch.associated_data + SESSION_ID_SIZE, keys.mac, MAC_SIZE);
  store_be32(epoch.associated_data + SESSION_ID_SIZE + MAC_SIZE, keys.epoch);
  std::memcpy(epoch.hash, keys.hash, HASH_SIZE);
  epoch.epoch = keys.epoch;
  epoch.received = 0;
  epoch.started_ms = keys.started_ms;
  epoch.expires_ms = keys.started_ms + static_cast<uint64_t>(keys.lifetime_s) * LIFETIME_MS_PER_S;
  this->hub_rx_limit_ = keys.hub_rx_limit;
  this->ping_interval_s_ = keys.ping_interval_s;
  this->purpose_ = keys.purpose;
  this->token_used_ = keys.token_used;
  wipe_keys(keys);
  return Error::NONE;
}

bool Session::expired(uint64_t now_ms) const { return this->active() && now_ms >= this->current_.expires_ms; }

Error Session::seal(uint8_t *frame, size_t payload_size, uint64_t now_ms, size_t &frame_size) {
  if (!this->active() || payload_size == 0)
    return Error::WRONG_STATE;
  if (this->expired(now_ms))
    return Error::SESSION_EXPIRED;
  if (payload_size + DATA_OVERHEAD > this->hub_rx_limit_)
    return Error::FRAME_TOO_LARGE;
  if (this->sent_ == UINT64_MAX)
    return Error::COUNTER_EXHAUSTED;
  frame[0] = static_cast<uint8_t>(FrameType::DATA);
  store_be32(frame + 1, this->current_.epoch);
  aead_seal(this->send_, Nonce(this->sent_), ByteView{this->current_.associated_data}, frame + DATA_HEADER_SIZE,
            payload_size);
  this->sent_++;
  frame_size = payload_size + DATA_OVERHEAD;
  return Error::NONE;
}

Error Session::open(uint8_t *frame, size_t size, uint64_t now_ms, OpenedData &out) {
  if (size < DATA_MIN_SIZE)
    return Error::FRAME_MALFORMED;
  const uint32_t claimed_epoch = data_epoch(ByteView{frame, size});
  Epoch *epoch = nullptr;
  if (this->current_.epoch != 0 && claimed_epoch == this->current_.epoch)
    epoch = &this->current_;
  else if (this->previous_.epoch != 0 && claimed_epoch == this->previous_.epoch)
    epoch = &this->previous_;
  if (epoch == nullptr)
    return Error::EPOCH_UNKNOWN;
  if (now_ms >= epoch->expires_ms)
    return Error::SESSION_EXPIRED;
  if (epoch->received == UINT64_MAX)
    return Error::COUNTER_EXHAUSTED;
  const Error error = aead_open(epoch->receive, Nonce(epoch->received), ByteView{epoch->associated_data},
                                frame + DATA_HEADER_SIZE, size - DATA_HEADER_SIZE);
  if (error != Error::NONE)
    return error;
  out.plaintext = ByteView{frame + DATA_HEADER_SIZE, size - DATA_OVERHEAD};
  out.epoch = epoch->epoch;
  out.epoch_started_ms = epoch->started_ms;
  out.first_of_epoch = epoch->received == 0;
  epoch->received++;
  // The hub has switched: nothing of the old epoch can be genuine any more.
  if (epoch == &this->current_ && out.first_of_epoch)
    this->previous_.wipe();
  return Error::NONE;
}

void Session::wipe() {
  this->current_.wipe();
  this->previous_.wipe();
  this->send_.wipe();
  this->sent_ = 0;
  this->hub_rx_limit_ = 0;
  this->ping_interval_s_ = 0;
}

}  // namespace esphome::oceanremote
