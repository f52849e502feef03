#include "link.h"

#include "token.h"

// Work that takes long: curve operations and flash writes, one in each step. What is to become the identity is built as
// a local and counts only once it has been read back from flash.

namespace esphome::oceanremote {

LinkEvent Link::step(uint64_t now_ms) {
  if (this->phase_ == Phase::CLOSED)
    return LinkEvent::NONE;
  if (this->revoke_due_)
    return this->revoke_();
  if (this->token_due_)
    return this->store_token_(now_ms);
  if (this->hub_key_due_)
    return this->store_hub_key_();
  if (this->move_due_)
    return this->move_();
  if (this->confirm_due_)
    return this->confirm_();
  if (this->clock_due_s_ != 0)
    return this->store_clock_(now_ms);
  if (this->flash_work_due_())
    return this->prepare_(now_ms);
  if (this->handshake_.action() == Handshake::Action::DONE)
    return this->begin_epoch_(now_ms);
  if (this->handshake_.action() == Handshake::Action::STEP)
    return this->step_handshake_();
  return LinkEvent::NONE;
}

Error Link::commit_(const Identity &identity) {
  const Error error = store_identity(this->store_, identity);
  if (error == Error::NONE)
    this->identity_.copy_from(identity);
  return error;
}

/// The device key, if there is none yet, and counters for handshakes, in one write.
LinkEvent Link::prepare_(uint64_t now_ms) {
  Identity next;
  next.copy_from(this->identity_);
  const bool make_key = !next.has_key;
  if (make_key) {
    const uint32_t reservations = next.reservations, clock_s = next.clock_s;
    next.wipe();
    next.reservations = reservations;
    next.clock_s = clock_s;
    const Error error = this->random_.fill(next.private_key.data(), KEY_SIZE);
    if (error != Error::NONE)
      return this->fail_(error);
    next.has_key = true;
  }
  if (this->counter_.needs_reservation()) {
    const Error error = HandshakeCounter::reserve(next);
    if (error != Error::NONE)
      return this->fail_(error);
  }
  const Error error = this->commit_(next);
  if (error != Error::NONE)
    return this->fail_(error);
  this->counter_.granted(this->identity_);
  if (make_key)
    this->static_key_.set(this->identity_.private_key);
  if (this->phase_ == Phase::PREPARING)
    this->await_(Phase::AWAIT_HELLO, now_ms, HELLO_TIMEOUT_MS);
  return LinkEvent::NONE;
}

LinkEvent Link::store_token_(uint64_t now_ms) {
  const bool registering = this->session_.purpose() == Purpose::REGISTRATION;
  Identity next;
  next.copy_from(this->identity_);
  next.has_previous = !registering;
  if (registering) {
    next.previous_token.wipe();
    next.confirmed = false;
    std::memcpy(next.token_handle, this->token_handle_, TOKEN_HANDLE_SIZE);
    std::memcpy(next.hub_key_id, this->own_hub_key_id_, HUB_KEY_ID_SIZE);
    next.has_hub_key = false;
    next.has_next_hub_key = false;
  } else if (this->session_.token_used() == TokenUsed::CURRENT) {
    // The token that proved this session is the one that the hub knows for certain.
    next.previous_token.assign(this->identity_.current_token);
  }
  next.current_token.take(this->issued_token_);
  next.generation = this->issued_generation_;
  next.has_current = true;
  const Error error = this->commit_(next);
  if (error != Error::NONE)
    return this->fail_(error);
  stored_hash(this->identity_.current_token, this->stored_hash_);
  this->token_due_ = false;
  this->stored_pending_ = true;
  if (!registering)
    return LinkEvent::NONE;
  this->purpose_ = Purpose::SESSION;
  this->await_(Phase::AWAIT_COMMIT, now_ms, ANSWER_TIMEOUT_MS);
  return LinkEvent::REGISTERED;
}

/// Beside the present one, in the place of any other that was to come.
LinkEvent Link::store_hub_key_() {
  Identity next;
  next.copy_from(this->identity_);
  std::memcpy(next.next_hub_key, this->issued_token_.data(), KEY_SIZE);
  next.has_next_hub_key = true;
  this->issued_token_.wipe();
  const Error error = this->commit_(next);
  if (error != Error::NONE)
    return this->fail_(error);
  this->hub_key_due_ = false;
  this->hub_key_stored_pending_ = true;
  return LinkEvent::NONE;
}

/// The one before does not count any more, also not where the configuration still names it.
LinkEvent Link::move_() {
  Identity next;
  next.copy_from(this->identity_);
  std::memcpy(next.hub_key, next.next_hub_key, KEY_SIZE);
  std::memcpy(next.hub_key_id, this->own_hub_key_id_, HUB_KEY_ID_SIZE);
  next.has_hub_key = true;
  next.has_next_hub_key = false;
  const Error error = this->commit_(next);
  if (error != Error::NONE)
    return this->fail_(error);
  this->move_due_ = false;
  return LinkEvent::NONE;
}

/// Notes that the hub knows this identity, so that a later REJECT does not lead back to a registration.
LinkEvent Link::confirm_() {
  Identity next;
  next.copy_from(this->identity_);
  next.confirmed = true;
  const Error error = this->commit_(next);
  if (error != Error::NONE)
    return this->fail_(error);
  this->confirm_due_ = false;
  return LinkEvent::NONE;
}

/// A clock that cannot be stored costs nothing else: it is tried again a day later.
LinkEvent Link::store_clock_(uint64_t now_ms) {
  Identity next;
  next.copy_from(this->identity_);
  next.clock_s = this->clock_due_s_;
  (void) this->commit_(next);
  this->clock_.stored(this->identity_.clock_s, now_ms);
  this->clock_due_s_ = 0;
  return LinkEvent::NONE;
}

/// Leaves the handle, so that the same registration is not tried again, the reserved counters and the clock.
LinkEvent Link::revoke_() {
  Identity next;
  next.reservations = this->identity_.reservations;
  next.clock_s = this->identity_.clock_s;
  std::memcpy(next.token_handle, this->identity_.token_handle, TOKEN_HANDLE_SIZE);
  next.revoked = true;
  const Error error = this->commit_(next);
  if (error != Error::NONE)
    return this->fail_(error);
  this->static_key_.wipe();
  return this->end_(LinkEvent::REVOKED, Error::REVOKED);
}

LinkEvent Link::step_handshake_() {
  const Error error = this->handshake_.step(this->random_);
  return error == Error::NONE ? LinkEvent::NONE : this->fail_(error);
}

LinkEvent Link::begin_epoch_(uint64_t now_ms) {
  EpochKeys keys;
  Error error = this->handshake_.consume(keys);
  if (error == Error::NONE)
    error = this->session_.install(keys);
  if (error != Error::NONE)
    return this->fail_(error);
  this->ready_pending_ = true;
  this->welcome_due_ = this->session_.purpose() == Purpose::SESSION;
  this->heard_ms_ = now_ms;
  this->await_(this->phase_ == Phase::OPEN ? Phase::OPEN : Phase::AWAIT_ANSWER, now_ms, ANSWER_TIMEOUT_MS);
  return LinkEvent::NONE;
}

}  // namespace esphome::oceanremote
