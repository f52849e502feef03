#include "client.h"

#include <cinttypes>
#include <ctime>

#include "esphome/components/network/util.h"
#include "esphome/core/application.h"
#include "esphome/core/hal.h"
#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

void Client::loop() {
  this->watch_network_();
#ifdef USE_OCEANREMOTE_HEALTH
  this->health_.turn(this->now_());
#endif
#ifdef OCEANREMOTE_REBOOT_TIMEOUT_MS
  this->watch_sessions_();
#endif
#ifdef USE_OCEANREMOTE_OTA
  this->updates_->tick(this->now_());
#endif
  switch (this->phase_) {
    case Phase::WAITING:
      return this->run_waiting_();
    case Phase::DIALING:
      return this->run_dialing_();
    case Phase::DESCRIBING:
      return this->run_describing_();
    case Phase::LINKED:
      return this->run_linked_();
    case Phase::STOPPED:
      return this->disable_loop();
  }
}

void Client::watch_network_() {
  const bool is_up = network::is_connected();
  if (is_up == this->network_up_)
    return;
  this->network_up_ = is_up;
  // What is linked lives on if its connection does; what was being dialed has gone nowhere.
  if (!is_up || this->phase_ == Phase::LINKED || this->phase_ == Phase::STOPPED)
    return;
  this->wire_.close(CloseCode::NORMAL);
  this->high_frequency_.stop();
  this->phase_until_ms_ = this->dial_order_.network_up(this->now_());
  this->phase_ = Phase::WAITING;
}

#ifdef OCEANREMOTE_REBOOT_TIMEOUT_MS
void Client::watch_sessions_() {
  const uint64_t now = this->now_();
  if (this->connected_) {
    this->last_session_ms_ = now;
  } else if (now - this->last_session_ms_ >= OCEANREMOTE_REBOOT_TIMEOUT_MS) {
    ESP_LOGE(TAG, "No session for %" PRIu32 " s: restarting", uint32_t{OCEANREMOTE_REBOOT_TIMEOUT_MS / 1000});
    App.safe_reboot();
  }
}
#endif

#ifndef USE_OCEANREMOTE_ADDRESSES
const HubAddress *Client::find_address_(uint8_t index) { return &this->addresses_[index]; }

const char *Client::authority_of_(uint8_t index) { return this->addresses_[index].authority; }
#endif

void Client::run_waiting_() {
  if (!this->network_up_)
    return;
  if (this->spread_) {
    this->spread_ = false;
    this->phase_until_ms_ = this->now_() + first_dial_wait(random_uint32());
  }
  if (this->now_() < this->phase_until_ms_)
    return;
  if (this->link_.plan() == Plan::NOTHING) {
    this->stop_(LOG_STR("nothing to dial for: flash a new registration token"));
    return;
  }
  const uint8_t index = this->dial_order_.index();
  const HubAddress *address = this->find_address_(index);
  if (address == nullptr)
    return this->break_link_(error_text(Error::STORE_FAILED));
  ESP_LOGD(TAG, "Dialing %s", address->authority);
#ifdef USE_OCEANREMOTE_TLS
  this->tls_clock_.advance(this->now_());
  this->tls_clock_.set_lower_bound(static_cast<uint64_t>(::time(nullptr)));
#endif
  if (address->secure)
    this->high_frequency_.start();  // a handshake has many steps, of one pass each
  this->wire_.open(index, *address, {this->ticket_, this->ticket_size_});
  this->phase_until_ms_ = this->now_() + (address->secure ? DIAL_TLS_TIMEOUT_MS : DIAL_TIMEOUT_MS);
  this->phase_ = Phase::DIALING;
}

void Client::run_dialing_() {
  switch (this->wire_.poll()) {
    case Wire::State::OPEN:
      this->entities_.begin_digest();
      this->high_frequency_.start();
      this->phase_ = Phase::DESCRIBING;
      return;
    case Wire::State::FAILED:
      return this->break_link_(this->wire_.failure(), Rejection::LATER, this->wire_.retry_after_s());
    default:
      if (this->now_() >= this->phase_until_ms_)
        this->break_link_(LOG_STR("no answer"));
  }
}

/// One part in each pass: what the link says first has the hash of all of them.
void Client::run_describing_() {
  if (this->wire_.poll() == Wire::State::FAILED)
    return this->break_link_(this->wire_.failure());
  if (!this->entities_.digest_part(this->wire_.frame(), FRAME_CAPACITY))
    this->start_link_();
}

void Client::start_link_() {
  uint8_t hash[HASH_SIZE];
  if (!this->entities_.finish_digest(hash, this->description_size_)) {
    this->stop_(LOG_STR("more to describe than a hub takes"));
    return;
  }
  this->describing_ = this->completing_ = false;
  this->link_.set_description_hash(hash);
  this->link_.open(this->now_());
  this->phase_ = Phase::LINKED;
#ifdef USE_OCEANREMOTE_SLEEP
  if (this->sleep_guard_ != nullptr)
    this->sleep_guard_->link_opened();
#endif
}

void Client::end_asking_() {
#ifdef USE_OCEANREMOTE_REQUESTS
  this->requests_.end_link();
#endif
#ifdef USE_OCEANREMOTE_ACTIONS
  this->action_calls_.end_link();
#endif
#ifdef USE_OCEANREMOTE_LOGS
  this->log_->set_level(0);
#endif
#ifdef USE_CAMERA
  this->pictures_.end_link();
#endif
#ifdef USE_OCEANREMOTE_RECEIVERS
  this->heard_signals_.end_link();
#endif
#ifdef USE_OCEANREMOTE_SLEEP
  if (this->sleep_guard_ != nullptr)
    this->sleep_guard_->link_ended();
#endif
#ifdef USE_OCEANREMOTE_HEALTH
  this->health_.end_link();
#endif
#ifdef USE_OCEANREMOTE_TUNNELS
  this->tunnels_.end_link();
#endif
#ifdef USE_OCEANREMOTE_OTA
  this->updates_->end_link();
#endif
}

void Client::run_linked_() {
#ifdef USE_OCEANREMOTE_REQUESTS
  this->requests_.tick(this->now_());
#endif
#ifdef USE_CAMERA
  this->pictures_.tick(this->now_());
#endif
  if (!this->handle_(this->link_.tick(this->now_())))
    return;
  if (this->wire_.poll() == Wire::State::FAILED)
    return this->break_link_(this->wire_.failure());
  if (!this->send_() || !this->receive_())
    return;
  if (this->link_.want() != LinkWant::STEP) {
    this->high_frequency_.stop();
    (void) this->send_();
    return;
  }
  this->high_frequency_.start();
  LinkEvent event;
  {
    const CpuFrequencyBoost boost;
    event = this->link_.step(this->now_());
  }
  this->crash_points_.stepped(this->link_);
  (void) this->handle_(event);
}

uint64_t Client::next_dial_(bool was_connected, Rejection rejection, uint16_t retry_after_s) {
  const uint64_t now = this->now_();
  if (was_connected) {
    const uint64_t due = this->dial_order_.ended(now, random_uint32());
#ifdef USE_OCEANREMOTE_ADDRESSES
    this->try_new_address_();
#endif
    return due;
  }
  if (rejection == Rejection::REFUSED)
    return this->dial_order_.refused(now, random_uint32());
  return this->dial_order_.failed(now, retry_after_s, random_uint32());
}

void Client::break_link_(const LogString *reason, Rejection rejection, uint16_t retry_after_s) {
  const bool was_connected = this->connected_;
  // The reason may be a text of the wire, which closing keeps.
  this->wire_.close(CloseCode::NORMAL);
  this->link_.close();
  this->high_frequency_.stop();
  this->set_last_error_(reason);
  if (was_connected) {
    ESP_LOGW(TAG, "Disconnected: %s", LOG_STR_ARG(reason));
  } else {
    ESP_LOGW(TAG, "No session with %s: %s", this->authority_of_(this->dial_order_.index()), LOG_STR_ARG(reason));
  }
  this->phase_until_ms_ = this->next_dial_(was_connected, rejection, retry_after_s);
  ESP_LOGD(TAG, "Dialing %s in %" PRIu32 " ms", this->authority_of_(this->dial_order_.index()),
           static_cast<uint32_t>(this->phase_until_ms_ - this->now_()));
  this->phase_ = Phase::WAITING;
  this->set_connected_(false);
  this->end_asking_();
#ifdef USE_OCEANREMOTE_ON_DISCONNECTED
  if (was_connected)
    this->disconnected_trigger_.trigger();
#endif
}

void Client::stop_(const LogString *reason) {
  [[maybe_unused]] const bool was_connected = this->connected_;
  ESP_LOGE(TAG, "Not dialing: %s", LOG_STR_ARG(reason));
  this->status_set_error(reason);
  this->set_last_error_(reason);
  this->wire_.close(CloseCode::NORMAL);
  this->link_.close();
  this->high_frequency_.stop();
  this->set_connected_(false);
  this->phase_ = Phase::STOPPED;
  this->end_asking_();
#ifdef USE_OCEANREMOTE_ON_DISCONNECTED
  if (was_connected)
    this->disconnected_trigger_.trigger();
#endif
}

uint32_t Client::session_age_s() {
  return static_cast<uint32_t>((this->now_() - this->link_.session().started_ms()) / 1000);
}

void Client::request_rotation() {
  if (this->connected_)
    this->link_.request_rotation();
}

}  // namespace esphome::oceanremote
