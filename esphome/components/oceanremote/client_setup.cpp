// What the client is made of before its first dial, and what it says of it.

#include "client.h"

#include <cinttypes>

#include "esphome/core/application.h"
#include "esphome/core/hal.h"
#include "esphome/core/log.h"
#include "esphome/core/version.h"

#include "board_status.h"
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
  if (this->address_count_ < OCEANREMOTE_OWN_ADDRESS_COUNT)
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
  settings.facts.takes_hub_keys = this->store_.is_roomy();
#ifdef USE_OCEANREMOTE_TIME
  settings.facts.keeps_time = this->hub_clock_ != nullptr;
#endif
#ifdef USE_OCEANREMOTE_SLEEP
  settings.facts.sleeps = this->sleep_guard_ != nullptr;
#endif
#ifdef USE_OCEANREMOTE_BACKFILL
  settings.facts.remembers = this->remembered_ != nullptr;
#endif
#ifdef USE_OCEANREMOTE_HEALTH
  settings.facts.reports_health = true;
#endif
#ifdef USE_OCEANREMOTE_TUNNELS
  // In safe mode no service runs.
  settings.facts.tunnels = this->entities_available_ ? this->tunnels_.services() : 0;
#endif
#ifdef USE_OCEANREMOTE_OTA
  settings.facts.updates = this->updates_->facts();
#endif
  return settings;
}

void Client::setup() {
  ResetReason reset_reason = board_reset_reason();
#ifdef USE_OCEANREMOTE_LAST_LINES
  this->log_->kept().set_area(board_kept_memory(), OCEANREMOTE_LAST_LINES);
  reset_reason = this->log_->kept().begin(reset_reason);
#endif
#ifdef USE_OCEANREMOTE_LOGS
  this->log_->setup();
#endif
  Key token;
  copy_progmem(token.data(), this->token_, KEY_SIZE);
  LinkSettings settings = this->make_settings_();
  settings.registration_token = token.data();
  static ResetReasonText reason_text;
  settings.facts.reset_reason = reset_reason_text(reset_reason, reason_text);
#ifdef USE_OCEANREMOTE_TLS
  const auto build_s = static_cast<uint32_t>(App.get_build_time());
  settings.build_s = this->store_.is_roomy() ? build_s : 0;
#endif
  const Error error = this->link_.setup(settings);
#ifdef USE_OCEANREMOTE_ADDRESSES
  this->setup_addresses_();
#endif
#ifdef USE_OCEANREMOTE_TLS
  this->tls_trust_.build_s = build_s;
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
#ifdef USE_CAMERA
  this->pictures_.setup();
#endif
#ifdef USE_OCEANREMOTE_BACKFILL
  this->setup_readings_();
#endif
#ifdef OCEANREMOTE_REBOOT_TIMEOUT_MS
  this->last_session_ms_ = this->now_();
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
#ifdef USE_OCEANREMOTE_ADDRESSES
  this->dump_addresses_();
#endif
  if (this->link_.has_moved()) {
    ESP_LOGCONFIG(TAG, "  Hub key: newer than the configuration's");
  }
  if (this->entities_.shortened() != 0) {
    ESP_LOGCONFIG(TAG, "  States cut: %" PRIu32, this->entities_.shortened());
  }
  if (this->entities_.lost_events() != 0) {
    ESP_LOGCONFIG(TAG, "  Events lost: %" PRIu32, this->entities_.lost_events());
  }
  for_each_left_out([](const LogString *kind, const EntityBase &entity) {
    ESP_LOGCONFIG(TAG, "  Not seen by the hub: %s '%s'", LOG_STR_ARG(kind), entity.get_name().c_str());
  });
}

}  // namespace esphome::oceanremote
