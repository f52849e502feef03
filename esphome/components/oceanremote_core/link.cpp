#include "link.h"

#include "token.h"

namespace esphome::oceanremote {

Error Link::setup(const LinkSettings &settings) {
  this->settings_ = settings;
  this->settings_.registration_token = nullptr;
  this->hub_.set(settings.hub_public_key);
  std::memcpy(this->own_hub_key_id_, this->hub_.id(), HUB_KEY_ID_SIZE);
  if (settings.registration_token != nullptr) {
    this->registration_token_.assign(settings.registration_token);
    token_handle(this->registration_token_, this->token_handle_);
    this->has_registration_ = true;
    // A board's entropy may be poor; a stranger does not know the token.
    this->random_.mix(this->registration_token_.view());
  }
  this->identity_.wipe();
  const Error error = load_identity(this->store_, this->identity_);
  this->usable_ = error != Error::RECORD_VERSION && error != Error::STORE_FAILED;
  this->clock_.start(this->identity_.clock_s, settings.build_s);
  this->counter_.resume(this->identity_.reservations, this->store_.kept_counter());
  if (this->identity_.has_key)
    this->static_key_.set(this->identity_.private_key);
  return error == Error::RECORD_EMPTY ? Error::NONE : error;
}

bool Link::registration_is_ours_() const {
  return std::memcmp(this->identity_.token_handle, this->token_handle_, TOKEN_HANDLE_SIZE) == 0;
}

bool Link::can_register_() const {
  return this->has_registration_ && !(this->identity_.revoked && this->registration_is_ours_());
}

static bool same_hub_key(const uint8_t *one, const uint8_t *other) { return std::memcmp(one, other, KEY_SIZE) == 0; }

bool Link::is_next_hub_key_(const uint8_t *key) const {
  return this->identity_.has_next_hub_key && same_hub_key(this->identity_.next_hub_key, key);
}

/// The one in force: a told one that has proved itself wins over the configuration.
const uint8_t *Link::present_hub_key_() const {
  return this->identity_.has_hub_key ? this->identity_.hub_key : this->settings_.hub_public_key;
}

/// The configuration names the hub key that it named when the identity came, or has been made for the newer one. Any
/// other is of another hub.
bool Link::fits_configuration_() const {
  const uint8_t *own = this->settings_.hub_public_key;
  return std::memcmp(this->identity_.hub_key_id, this->own_hub_key_id_, HUB_KEY_ID_SIZE) == 0 ||
         (this->identity_.has_hub_key && same_hub_key(this->identity_.hub_key, own)) || this->is_next_hub_key_(own);
}

bool Link::can_resume_() const { return this->identity_.has_current && this->fits_configuration_(); }

/// Under the present hub key, then under the next.
uint8_t Link::resume_ways_() const {
  if (!this->can_resume_())
    return 0;
  return this->identity_.has_next_hub_key ? 2 : 1;
}

uint8_t Link::ways_() const {
  const bool registers = this->two_ways_() || this->can_only_register_();
  return static_cast<uint8_t>(this->resume_ways_() + (registers ? 1 : 0));
}

/// The place of the registration among the ways; behind them if it is none of them.
uint8_t Link::register_way_() const {
  const bool first = this->two_ways_() && !this->registration_is_ours_();
  return first ? 0 : this->resume_ways_();
}

void Link::use_hub_key_(const uint8_t *key) {
  if (same_hub_key(this->hub_.public_key(), key))
    return;
  this->hub_.set(key);
  this->static_key_.forget_shared();
}

/// An identity that the hub has not confirmed yet, or one beside a new registration token.
bool Link::two_ways_() const {
  return this->can_resume_() && this->can_register_() && !(this->registration_is_ours_() && this->identity_.confirmed);
}

Plan Link::plan() const {
  if (!this->usable_ || this->ways_() == 0)
    return Plan::NOTHING;
  return this->present_way_() == this->register_way_() ? Plan::REGISTER : Plan::RESUME;
}

void Link::open(uint64_t now_ms) {
  this->close();
  const Plan plan = this->plan();
  this->error_ = plan == Plan::NOTHING ? Error::WRONG_STATE : Error::NONE;
  this->retry_after_s_ = 0;
  this->rejection_ = Rejection::NONE;
  if (plan == Plan::NOTHING)
    return;
  this->purpose_ = plan == Plan::REGISTER ? Purpose::REGISTRATION : Purpose::SESSION;
  if (plan == Plan::REGISTER) {
    this->use_hub_key_(this->settings_.hub_public_key);
  } else {
    const uint8_t first = this->register_way_() == 0 ? 1 : 0;
    this->use_hub_key_(this->present_way_() == first ? this->present_hub_key_() : this->identity_.next_hub_key);
  }
  this->heard_ms_ = now_ms;
  const bool prepared = this->identity_.has_key && !this->counter_.needs_reservation();
  this->await_(prepared ? Phase::AWAIT_HELLO : Phase::PREPARING, now_ms, HELLO_TIMEOUT_MS);
}

void Link::close() {
  this->handshake_.wipe();
  this->session_.wipe();
  this->issued_token_.wipe();
  this->result_count_ = 0;
  this->ping_count_ = 0;
  this->last_command_id_ = 0;
  this->deadline_ms_ = 0;
  this->phase_ = Phase::CLOSED;
  this->unreported_ = false;
  this->ready_pending_ = false;
  this->welcome_due_ = false;
  this->stored_pending_ = false;
  this->hub_key_stored_pending_ = false;
  this->prefers_next_ = false;
  this->rotate_pending_ = false;
  this->goodbye_pending_ = false;
  this->clock_due_s_ = 0;
  this->token_due_ = false;
  this->hub_key_due_ = false;
  this->move_due_ = false;
  this->confirm_due_ = false;
  this->revoke_due_ = false;
}

LinkEvent Link::end_(LinkEvent event, Error error) {
  this->close();
  this->error_ = error;
  return event;
}

LinkEvent Link::fail_(Error error) { return this->end_(LinkEvent::CLOSED, error); }

void Link::await_(Phase phase, uint64_t now_ms, uint32_t timeout_ms) {
  this->phase_ = phase;
  this->deadline_ms_ = now_ms + timeout_ms;
}

LinkEvent Link::tick(uint64_t now_ms) {
  if (this->unreported_)
    return this->fail_(this->error_);
  if (this->phase_ == Phase::CLOSED)
    return LinkEvent::NONE;
  if (this->session_.expired(now_ms))
    return this->fail_(Error::SESSION_EXPIRED);
  if (this->deadline_ms_ != 0 && now_ms >= this->deadline_ms_)
    return this->fail_(Error::TIMEOUT);
  const uint64_t silence_ms = static_cast<uint64_t>(this->session_.ping_interval_s()) * SILENT_PINGS * 1000;
  if (this->session_.active() && now_ms - this->heard_ms_ >= silence_ms)
    return this->fail_(Error::PEER_SILENT);
  return LinkEvent::NONE;
}

bool Link::handshake_running_() const { return this->handshake_.action() != Handshake::Action::IDLE; }

bool Link::flash_work_due_() const {
  return this->phase_ == Phase::PREPARING || this->token_due_ || this->hub_key_due_ || this->move_due_ ||
         this->confirm_due_ || this->revoke_due_ || this->clock_due_s_ != 0 ||
         (this->counter_.needs_reservation() && !this->handshake_running_());
}

LinkWant Link::want() const {
  using Action = Handshake::Action;
  if (this->phase_ == Phase::CLOSED)
    return LinkWant::NOTHING;
  const Action action = this->handshake_.action();
  if (this->flash_work_due_() || action == Action::STEP || action == Action::DONE)
    return LinkWant::STEP;
  if (action == Action::WRITE_INIT || this->next_own_() != Own::NOTHING)
    return LinkWant::SEND;
  return LinkWant::NOTHING;
}

bool Link::can_receive() const {
  using Action = Handshake::Action;
  // In the middle of a handshake's steps nothing may change what it stands on, a new token for one.
  const Action action = this->handshake_.action();
  return this->phase_ != Phase::CLOSED && !this->flash_work_due_() && action != Action::STEP &&
         action != Action::DONE && this->result_count_ < RESULTS_MAX && this->ping_count_ < PINGS_MAX;
}

bool Link::can_send(uint64_t now_ms) const {
  return this->phase_ == Phase::OPEN && !this->ready_pending_ && !this->session_.expired(now_ms);
}

size_t Link::max_payload(size_t capacity) const {
  const size_t limit = this->session_.hub_rx_limit();
  const size_t frame = capacity < limit ? capacity : limit;
  return frame > DATA_OVERHEAD ? frame - DATA_OVERHEAD : 0;
}

Error Link::seal(uint8_t *frame, size_t payload_size, uint64_t now_ms, size_t &frame_size) {
  if (!this->can_send(now_ms))
    return Error::WRONG_STATE;
  return this->session_.seal(frame, payload_size, now_ms, frame_size);
}

Error Link::answer(uint32_t command_id, CommandStatus status, const char *reason) {
  if (this->phase_ != Phase::OPEN)
    return Error::WRONG_STATE;
  if (this->result_count_ == RESULTS_MAX)
    return Error::BUFFER_TOO_SMALL;
  this->results_[this->result_count_++] = {command_id, status, reason};
  return Error::NONE;
}

void Link::request_rotation() {
  this->rotate_pending_ = this->phase_ == Phase::OPEN && !this->handshake_running_() && !this->welcome_due_;
}

void Link::goodbye(GoodbyeReason why, uint32_t next_wakeup_s) {
  this->goodbye_pending_ = this->phase_ == Phase::OPEN;
  this->goodbye_why_ = why;
  this->goodbye_s_ = next_wakeup_s;
}

void Link::set_description_hash(const uint8_t hash[HASH_SIZE]) {
  std::memcpy(this->description_hash_, hash, HASH_SIZE);
}

}  // namespace esphome::oceanremote
