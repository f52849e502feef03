#include "client.h"

#include <cinttypes>
#include <ctime>

#include "esphome/components/network/util.h"
#include "esphome/core/application.h"
#include "esphome/core/hal.h"
#include "esphome/core/log.h"
#include "esphome/core/version.h"

#include "left_out.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

#if defined(USE_ESP32)
static constexpr std::string_view PLATFORM = "esp32";
#elif defined(USE_ESP8266)
static constexpr std::string_view PLATFORM = "esp8266";
#elif defined(USE_RP2)
static constexpr std::string_view PLATFORM = "rp2";
#else
static constexpr std::string_view PLATFORM = "host";
#endif

#ifndef OCEANREMOTE_PROJECT_VERSION
#define OCEANREMOTE_PROJECT_VERSION ""
#endif

#ifndef OCEANREMOTE_AREA
#define OCEANREMOTE_AREA ""
#endif

static void copy_progmem(uint8_t *out, const uint8_t *progmem, size_t size) {
  for (size_t i = 0; i < size; i++)
    out[i] = progmem_read_byte(progmem + i);
}

void Client::add_address(const char *host, uint16_t port, const char *authority, const char *path, bool secure) {
  if (this->address_count_ < OCEANREMOTE_ADDRESS_COUNT)
    this->addresses_[this->address_count_++] = {host, authority, path, port, secure};
  this->dial_order_.set_count(this->address_count_);
}

LinkSettings Client::make_settings_() {
  LinkSettings settings;
  get_mac_address_raw(this->mac_);
  std::memcpy(settings.mac, this->mac_, MAC_SIZE);
  copy_progmem(settings.hub_public_key, this->hub_key_, KEY_SIZE);
  settings.rx_limit = RX_LIMIT;
  settings.facts.name = {App.get_name().c_str(), App.get_name().size()};
  settings.facts.friendly_name = {App.get_friendly_name().c_str(), App.get_friendly_name().size()};
  settings.facts.esphome_version = ESPHOME_VERSION;
  settings.facts.project_version = OCEANREMOTE_PROJECT_VERSION;
  settings.facts.board = ESPHOME_BOARD;
  settings.facts.platform = PLATFORM;
  settings.facts.area = OCEANREMOTE_AREA;
  settings.facts.safe_mode = !this->entities_available_;
  settings.facts.small_store = !this->store_.is_roomy();
  return settings;
}

void Client::setup() {
  Key token;
  copy_progmem(token.data(), this->token_, KEY_SIZE);
  LinkSettings settings = this->make_settings_();
  settings.registration_token = token.data();
#ifdef USE_OCEANREMOTE_TLS
  const auto build_s = static_cast<uint32_t>(App.get_build_time());
  settings.build_s = this->store_.is_roomy() ? build_s : 0;
#endif
  const Error error = this->link_.setup(settings);
#ifdef USE_OCEANREMOTE_TLS
  this->tls_clock_.set_lower_bound(build_s);
  this->tls_clock_.set_lower_bound(this->link_.kept_clock_s());
#endif
  if (error != Error::NONE) {
    ESP_LOGE(TAG, "Identity record: %s", LOG_STR_ARG(error_text(error)));
    this->set_last_error_(error_text(error));
  }
  if (!this->link_.has_key() && this->link_.plan() == Plan::REGISTER) {
    // A store that lost its record looks like one that never had any.
    ESP_LOGW(TAG, "No identity: making a new key. A board that was registered before needs a new registration token");
  }
#ifndef USE_HOST
  this->spread_ = !this->link_.woke_up();
#endif
  this->set_connected_(false);
#ifdef USE_TEXT_SENSOR
  if (this->device_id_text_sensor_ != nullptr) {
    char text[MAC_ADDRESS_BUFFER_SIZE];
    get_mac_address_into_buffer(text);
    this->device_id_text_sensor_->publish_state(text);
  }
#endif
}

void Client::dump_config() {
  char mac[MAC_ADDRESS_PRETTY_BUFFER_SIZE];
  ESP_LOGCONFIG(TAG,
                "OceanRemote:\n"
                "  Device: %s\n"
                "  Registered: %s\n"
                "  Safe mode: %s",
                get_mac_address_pretty_into_buffer(mac), YESNO(this->link_.registered()),
                YESNO(!this->entities_available_));
  for (uint8_t i = 0; i < this->address_count_; i++)
    ESP_LOGCONFIG(TAG, "  Hub: %s://%s%s", this->addresses_[i].secure ? "wss" : "ws", this->addresses_[i].authority,
                  this->addresses_[i].path);
  if (this->entities_.shortened() != 0) {
    ESP_LOGCONFIG(TAG, "  States cut: %" PRIu32, this->entities_.shortened());
  }
  for_each_left_out([](const LogString *kind, const EntityBase &entity) {
    ESP_LOGCONFIG(TAG, "  Not seen by the hub: %s '%s'", LOG_STR_ARG(kind), entity.get_name().c_str());
  });
}

void Client::loop() {
  this->watch_network_();
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
  const HubAddress &address = this->addresses_[index];
  ESP_LOGD(TAG, "Dialing %s", address.authority);
#ifdef USE_OCEANREMOTE_TLS
  this->tls_clock_.advance(this->now_());
  this->tls_clock_.set_lower_bound(static_cast<uint64_t>(::time(nullptr)));
#endif
  if (address.secure)
    this->high_frequency_.start();  // a handshake has many steps, of one pass each
  this->wire_.open(index, address, {this->ticket_, this->ticket_size_});
  this->phase_until_ms_ = this->now_() + (address.secure ? DIAL_TLS_TIMEOUT_MS : DIAL_TIMEOUT_MS);
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
}

void Client::run_linked_() {
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
  if (was_connected)
    return this->dial_order_.ended(now, random_uint32());
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
    ESP_LOGW(TAG, "No session with %s: %s", this->addresses_[this->dial_order_.index()].authority, LOG_STR_ARG(reason));
  }
  this->phase_until_ms_ = this->next_dial_(was_connected, rejection, retry_after_s);
  ESP_LOGD(TAG, "Dialing %s in %" PRIu32 " ms", this->addresses_[this->dial_order_.index()].authority,
           static_cast<uint32_t>(this->phase_until_ms_ - this->now_()));
  this->phase_ = Phase::WAITING;
  this->set_connected_(false);
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
#ifdef USE_OCEANREMOTE_ON_DISCONNECTED
  if (was_connected)
    this->disconnected_trigger_.trigger();
#endif
}

void Client::on_safe_shutdown() {
  if (this->phase_ != Phase::LINKED)
    return;
  if (this->executing_ != 0) {
    // The command is the reason for the shutdown, so it has been obeyed.
    (void) this->link_.answer(this->executing_, CommandStatus::DONE, "");
    this->executing_ = 0;
  }
  this->link_.goodbye(0);
  (void) this->send_();
}

bool Client::teardown() {
  if (this->phase_ == Phase::LINKED) {
    if (this->wire_.poll() == Wire::State::OPEN) {
      // What the network did not take at once.
      (void) this->send_();
      if (!this->wire_.can_send())
        return false;
    }
    this->wire_.close(CloseCode::GOING_AWAY);
    this->link_.close();
    this->phase_ = Phase::STOPPED;
  }
  return true;
}

uint32_t Client::session_age_s() {
  return static_cast<uint32_t>((this->now_() - this->link_.session().started_ms()) / 1000);
}

void Client::request_rotation() {
  if (this->connected_)
    this->link_.request_rotation();
}

}  // namespace esphome::oceanremote
