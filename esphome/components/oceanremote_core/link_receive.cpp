#include "link.h"

namespace esphome::oceanremote {

WITHOUT_TABLES LinkEvent Link::receive(uint8_t *frame, size_t size, uint64_t now_ms) {
  if (!this->can_receive())
    return this->fail_(Error::WRONG_STATE);
  const LinkEvent due = this->tick(now_ms);
  if (due != LinkEvent::NONE)
    return due;
  const size_t limit = this->session_.active() ? this->settings_.rx_limit : PRE_HANDSHAKE_FRAME_MAX;
  FrameType type;
  const Error error = read_frame_type({frame, size}, limit, type);
  if (error != Error::NONE)
    return this->fail_(error);
  switch (type) {
    case FrameType::HELLO:
      return this->receive_hello_({frame, size});
    case FrameType::ACCEPT:
      return this->receive_accept_({frame, size});
    case FrameType::REJECT:
      return this->receive_reject_({frame, size});
    case FrameType::DATA:
      return this->receive_data_(frame, size, now_ms);
    case FrameType::INIT:
      break;
  }
  return this->fail_(Error::FRAME_UNEXPECTED);
}

void Link::fill_request_(InitRequest &request) const {
  std::memcpy(request.mac, this->settings_.mac, MAC_SIZE);
  request.purpose = this->purpose_;
  request.rx_limit = this->settings_.rx_limit;
  request.epoch = this->session_.epoch() + 1;
  std::memcpy(request.previous_hash, this->session_.hash(), HASH_SIZE);
  if (this->purpose_ == Purpose::SESSION) {
    request.generation = this->identity_.generation;
    return;
  }
  const Facts &facts = this->settings_.facts;
  std::memcpy(request.token_handle, this->token_handle_, TOKEN_HANDLE_SIZE);
  request.board = facts.board;
  request.version = facts.esphome_version;
}

LinkEvent Link::receive_hello_(ByteView frame) {
  const bool fits = this->phase_ == Phase::AWAIT_HELLO ||
                    (this->phase_ == Phase::AWAIT_COMMIT && !this->stored_pending_) ||
                    (this->phase_ == Phase::OPEN && !this->welcome_due_);
  if (!fits || this->handshake_running_())
    return this->fail_(Error::FRAME_UNEXPECTED);
  if (this->prefers_next_ && this->identity_.has_next_hub_key)
    this->use_hub_key_(this->identity_.next_hub_key);
  InitRequest request;
  this->fill_request_(request);
  Error error = this->counter_.take(request.counter);
  // Before the counter is used: one that is used twice looks like a clone.
  this->store_.keep_counter(this->counter_.next());
  if (error == Error::NONE)
    error = this->handshake_.begin(frame, request, this->static_key_, this->hub_);
  if (error != Error::NONE)
    return this->fail_(error);
  if (this->phase_ != Phase::OPEN)
    this->phase_ = Phase::HANDSHAKE;
  this->rotate_pending_ = false;
  this->deadline_ms_ = 0;  // it is our turn
  return LinkEvent::NONE;
}

LinkEvent Link::receive_accept_(ByteView frame) {
  TokenChoice tokens;
  if (this->purpose_ == Purpose::REGISTRATION) {
    tokens.current = &this->registration_token_;
  } else {
    tokens.current = &this->identity_.current_token;
    tokens.previous = this->identity_.has_previous ? &this->identity_.previous_token : nullptr;
  }
  const Error error = this->handshake_.read_accept(frame, tokens);
  if (error != Error::NONE)
    return this->fail_(error);
  this->deadline_ms_ = 0;
  return LinkEvent::NONE;
}

LinkEvent Link::receive_reject_(ByteView frame) {
  RejectFrame reject;
  const Error error = read_reject(frame, reject);
  if (error != Error::NONE)
    return this->fail_(error);
  // Anybody can send it: it only slows down, and decides which of two open ways is tried next.
  this->retry_after_s_ = this->session_.active() ? 0 : reject.retry_after_s;
  this->rejection_ = this->retry_after_s_ != 0 ? Rejection::LATER : Rejection::NONE;
  const bool asked = !this->session_.active() && this->handshake_.action() == Handshake::Action::AWAIT_ACCEPT;
  if (asked && reject.retry_after_s == 0) {
    const auto other = static_cast<uint8_t>(this->present_way_() + 1);
    this->way_ = other < this->ways_() ? other : 0;
    this->rejection_ = this->way_ != 0 ? Rejection::OTHER_WAY : Rejection::REFUSED;
  }
  return this->end_(LinkEvent::REJECTED, Error::REJECTED);
}

LinkEvent Link::receive_data_(uint8_t *frame, size_t size, uint64_t now_ms) {
  if (!this->session_.active())
    return this->fail_(Error::FRAME_UNEXPECTED);
  OpenedData data;
  Error error = this->session_.open(frame, size, now_ms, data);
  if (error == Error::NONE)
    error = parse_hub_message(data.plaintext, this->message_);
  if (error != Error::NONE)
    return this->fail_(error);
  this->heard_ms_ = now_ms;
  const LinkEvent event = this->dispatch_(data, now_ms);
  if (this->message_.type == MessageType::ISSUE_TOKEN) {
    wipe_bytes(frame, size);
    this->message_.issue_token.token = nullptr;
  }
  return event;
}

WITHOUT_TABLES LinkEvent Link::dispatch_(const OpenedData &data, uint64_t now_ms) {
  const bool is_open = this->phase_ == Phase::OPEN;
  // The hub's first message of every session epoch, and no other, is WELCOME; or it says goodbye for good.
  const bool greets = this->message_.type == MessageType::WELCOME;
  const bool is_greeting_due = this->welcome_due_ && data.epoch == this->session_.epoch();
  if (greets != is_greeting_due && this->message_.type != MessageType::REVOKED)
    return this->fail_(Error::MESSAGE_UNEXPECTED);
  switch (this->message_.type) {
    case MessageType::PING:
      return this->take_ping_();
    case MessageType::WELCOME:
      return this->take_welcome_(now_ms);
    case MessageType::ISSUE_TOKEN:
      return this->take_token_();
    case MessageType::NEW_HUB_KEY:
      return this->take_hub_key_();
    case MessageType::REVOKED:
      return this->take_revoked_();
    case MessageType::COMMAND:
      return this->take_command_(data, now_ms);
    case MessageType::SUBSCRIBE_LOGS:
      return is_open ? LinkEvent::SUBSCRIBE_LOGS : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::REPORT_HEALTH:
      return is_open ? LinkEvent::REPORT_HEALTH : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::OFFER_UPDATE:
    case MessageType::UPDATE_CHUNK:
    case MessageType::ABANDON_UPDATE:
    case MessageType::INSTALL_UPDATE:
      return is_open && this->settings_.facts.updates != nullptr ? LinkEvent::UPDATE
                                                                 : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::TIME:
      return is_open ? this->take_time_(now_ms) : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::ANSWER:
      return is_open ? LinkEvent::ANSWER : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::IMPORTED:
      return is_open ? LinkEvent::IMPORTED : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::ADDRESSES:
      return is_open ? LinkEvent::ADDRESSES : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::STAY_AWAKE:
      return is_open && this->settings_.facts.sleeps ? LinkEvent::STAY_AWAKE : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::READINGS_TAKEN:
      return is_open ? LinkEvent::READINGS_TAKEN : this->fail_(Error::MESSAGE_UNEXPECTED);
    case MessageType::TUNNEL_OPEN:
    case MessageType::TUNNEL_DATA_DOWN:
    case MessageType::TUNNEL_CREDIT_DOWN:
    case MessageType::TUNNEL_END_DOWN:
      return is_open && this->settings_.facts.tunnels != 0 ? LinkEvent::TUNNEL : this->fail_(Error::MESSAGE_UNEXPECTED);
    default:
      return this->fail_(Error::MESSAGE_UNEXPECTED);
  }
}

LinkEvent Link::take_ping_() {
  std::memcpy(this->pings_[this->ping_count_++], this->message_.nonce, NONCE_SIZE);
  return LinkEvent::NONE;
}

LinkEvent Link::take_welcome_(uint64_t now_ms) {
  this->welcome_due_ = false;
  this->way_ = 0;
  this->phase_ = Phase::OPEN;
  this->deadline_ms_ = 0;
  this->move_due_ = this->is_next_hub_key_(this->hub_.public_key());
  this->confirm_due_ = !this->identity_.confirmed && this->session_.token_used() == TokenUsed::CURRENT;
  this->clock_due_s_ = this->clock_.hear(this->message_.welcome.hub_time_ms / 1000, now_ms);
  return LinkEvent::WELCOME;
}

LinkEvent Link::take_time_(uint64_t now_ms) {
  this->clock_due_s_ = this->clock_.hear(this->message_.time.hub_time_ms / 1000, now_ms);
  return LinkEvent::TIME;
}

LinkEvent Link::take_command_(const OpenedData &data, uint64_t now_ms) {
  const Command &command = this->message_.command;
  if (this->phase_ != Phase::OPEN || command.id <= this->last_command_id_)
    return this->fail_(Error::MESSAGE_UNEXPECTED);
  this->last_command_id_ = command.id;
  if (!deadline_passed(data.epoch_started_ms, command.deadline_ms, now_ms))
    return LinkEvent::COMMAND;
  const Error error = this->answer(command.id, CommandStatus::EXPIRED, "");
  return error == Error::NONE ? LinkEvent::NONE : this->fail_(error);
}

LinkEvent Link::take_token_() {
  const bool registering = this->phase_ == Phase::AWAIT_ANSWER && this->session_.purpose() == Purpose::REGISTRATION;
  const bool is_newer = this->message_.issue_token.generation > this->identity_.generation;
  const bool renewing = this->phase_ == Phase::OPEN && is_newer;
  if (!registering && !renewing)
    return this->fail_(Error::MESSAGE_UNEXPECTED);
  this->issued_token_.assign(this->message_.issue_token.token);
  this->issued_generation_ = this->message_.issue_token.generation;
  this->token_due_ = true;
  this->deadline_ms_ = 0;
  return LinkEvent::NONE;
}

LinkEvent Link::take_hub_key_() {
  if (this->phase_ != Phase::OPEN || !this->settings_.facts.takes_hub_keys)
    return this->fail_(Error::MESSAGE_UNEXPECTED);
  const NewHubKey &told = this->message_.new_hub_key;
  oceanremote::hub_key_id(this->stored_hub_key_id_, told.key);
  const bool is_present = std::memcmp(told.key, this->present_hub_key_(), KEY_SIZE) == 0;
  this->prefers_next_ = told.phase == HubKeyPhase::IN_FORCE && !is_present;
  this->hub_key_due_ = !is_present && !this->is_next_hub_key_(told.key);
  this->hub_key_stored_pending_ = !this->hub_key_due_;
  if (this->hub_key_due_)
    this->issued_token_.assign(told.key);
  return LinkEvent::NONE;
}

LinkEvent Link::take_revoked_() {
  if (this->session_.purpose() != Purpose::SESSION)
    return this->fail_(Error::MESSAGE_UNEXPECTED);
  this->revoke_due_ = true;
  this->deadline_ms_ = 0;
  return LinkEvent::NONE;
}

}  // namespace esphome::oceanremote
