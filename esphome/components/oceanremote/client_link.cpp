// The client's LINKED phase: what the link's events mean, and which message goes out next.

#include "client.h"

#include <algorithm>
#include <cinttypes>

#include "esphome/core/log.h"
#include "esphome/core/progmem.h"

#include "esphome/components/oceanremote_core/http_status.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

#ifdef USE_TEXT_SENSOR
/// The longest reason, and its end.
static constexpr size_t LAST_ERROR_SIZE = HTTP_STATUS_TEXT_MAX + 1;
#endif

static_assert(DATA_OVERHEAD + DESCRIBE_HEAD_MAX < RX_LIMIT_MIN, "every hub takes a part");

bool Client::handle_(LinkEvent event) {
  const HubMessage &message = this->link_.message();
  switch (event) {
    case LinkEvent::WELCOME:
      this->handle_welcome_(message.welcome);
      return true;
    case LinkEvent::COMMAND:
      this->handle_command_(message.command);
      return true;
    case LinkEvent::REGISTERED:
      ESP_LOGI(TAG, "Registered with the hub");
      this->crash_points_.registered();
#ifdef USE_OCEANREMOTE_ON_REGISTERED
      this->registered_trigger_.trigger();
#endif
      return true;
    case LinkEvent::REVOKED:
      this->stop_(LOG_STR("the hub has revoked this device"));
#ifdef USE_OCEANREMOTE_ON_REVOKED
      this->revoked_trigger_.trigger();
#endif
      return false;
    case LinkEvent::REJECTED:
      this->break_link_(error_text(Error::REJECTED), this->link_.rejection(), this->link_.retry_after_s());
      return false;
    case LinkEvent::CLOSED:
      if (this->link_.error() == Error::STORE_FAILED)
        this->status_set_error(error_text(Error::STORE_FAILED));
      this->break_link_(error_text(this->link_.error()));
      return false;
    case LinkEvent::TIME:
#ifdef USE_OCEANREMOTE_TIME
      if (this->hub_clock_ != nullptr)
        this->hub_clock_->set(message.time.hub_time_ms, message.time.zone);
#endif
      return true;
    case LinkEvent::ANSWER:
#ifdef USE_OCEANREMOTE_REQUESTS
      this->handle_answer_(message.answer);
#endif
      return true;
    case LinkEvent::IMPORTED:
#ifdef USE_OCEANREMOTE_IMPORTS
      this->handle_imported_(message.imported);
#endif
      return true;
    case LinkEvent::ADDRESSES:
#ifdef USE_OCEANREMOTE_ADDRESSES
      this->handle_addresses_(message.addresses);
#endif
      return true;
    case LinkEvent::READINGS_TAKEN:
#ifdef USE_OCEANREMOTE_BACKFILL
      this->handle_readings_taken_(message.readings_taken);
#endif
      return true;
    case LinkEvent::SUBSCRIBE_LOGS:
#ifdef USE_OCEANREMOTE_LOGS
      this->log_->set_level(message.log_level);
#endif
      return true;
    case LinkEvent::REPORT_HEALTH:
#ifdef USE_OCEANREMOTE_HEALTH
      this->health_.ask(message.health_interval_s, this->now_());
#endif
      return true;
    case LinkEvent::UPDATE:
#ifdef USE_OCEANREMOTE_OTA
      this->updates_->handle(message, this->now_());
#endif
      return true;
    case LinkEvent::STAY_AWAKE:
#ifdef USE_OCEANREMOTE_SLEEP
      this->sleep_guard_->hub_says(message.stay_awake);
#endif
      return true;
    case LinkEvent::TUNNEL:
#ifdef USE_OCEANREMOTE_TUNNELS
      return this->handle_tunnel_(message);
#else
      return true;
#endif
    case LinkEvent::NONE:
      break;
  }
  return true;
}

void Client::handle_welcome_(const Welcome &welcome) {
  this->wire_.proved();
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
  this->updates_->session_proved();
#endif
  this->ticket_size_ = static_cast<uint8_t>(welcome.ticket.size);
  std::copy_n(welcome.ticket.data, welcome.ticket.size, this->ticket_);
#ifdef USE_OCEANREMOTE_TLS
  this->tls_clock_.set(welcome.hub_time_ms / 1000, this->now_());
#endif
  const Session &session = this->link_.session();
  const uint8_t *id = session.session_id();
  if (this->connected_) {
    ESP_LOGI(TAG, "Session rotated: %02x%02x%02x%02x (epoch %" PRIu32 ")", id[0], id[1], id[2], id[3], session.epoch());
  } else {
    const auto seconds = static_cast<uint32_t>((session.expires_ms() - session.started_ms()) / 1000);
    ESP_LOGI(TAG, "Session %02x%02x%02x%02x proved, %" PRIu32 " min %" PRIu32 " s", id[0], id[1], id[2], id[3],
             seconds / 60, seconds % 60);
    this->status_clear_error();
    this->sessions_++;
    this->tell_all_();
#ifdef OCEANREMOTE_HAS_BULK
    this->bulk_.begin_link();
#endif
#ifdef USE_OCEANREMOTE_ADDRESSES
    this->address_has_proved_();
    this->addresses_due_ = this->has_address_store_;
#endif
#ifdef USE_OCEANREMOTE_IMPORTS
    this->untold_import_ = this->imports_;
    this->import_slot_ = 0;
#endif
#ifdef USE_OCEANREMOTE_BACKFILL
    this->begin_readings_();
#endif
    this->set_connected_(true);
#ifdef USE_OCEANREMOTE_RECEIVERS
    this->heard_signals_.begin_link();
#endif
#ifdef USE_SENSOR
    if (this->reconnect_count_sensor_ != nullptr)
      this->reconnect_count_sensor_->publish_state(static_cast<float>(this->sessions_ - 1));
#endif
#ifdef USE_OCEANREMOTE_ON_SESSION
    this->session_trigger_.trigger();
#endif
  }
  char code[COMPARISON_CODE_SIZE];
  this->link_.write_comparison_code(code);
  ESP_LOGI(TAG, "Code for comparison: %s", code);
  if (welcome.want_description) {
    this->describing_ = true;
    this->described_ = 0;
    this->entities_.begin_description();
    this->tell_all_();
  }
}

void Client::tell_all_() {
  this->entities_.mark_all();
  this->completing_ = true;
}

CommandOutcome Client::obey_(const Command &command) {
#ifdef USE_OCEANREMOTE_ACTIONS
  if (command.address.domain == ACTION_DOMAIN)
    return this->execute_action_(command);
#endif
#ifdef USE_CAMERA
  if (command.address.domain == wire::camera::NUMBER)
    return this->pictures_.execute(command, this->now_());
#endif
  return this->entities_.execute(command);
}

void Client::handle_command_(const Command &command) {
  // The id outlives the entity's work, which may reuse nothing of the message.
  const uint32_t id = command.id;
  // What restarts the board does not return: on_safe_shutdown() answers for it.
  this->executing_ = id;
  const CommandOutcome outcome = this->obey_(command);
  if (this->executing_ == 0)
    return;
  this->executing_ = 0;
  if (outcome.is_pending)
    return;
  if (outcome.status != CommandStatus::DONE)
    ESP_LOGW(TAG, "Command %" PRIu32 " refused: %s", id, outcome.reason);
  if (this->link_.answer(id, outcome.status, outcome.reason) != Error::NONE)
    ESP_LOGE(TAG, "Command %" PRIu32 ": too many answers are waiting", id);
}

bool Client::receive_() {
  for (uint8_t count = 0; count < MESSAGES_PER_PASS && this->link_.can_receive(); count++) {
    if (!this->wire_.receive())
      break;
    const LinkEvent event = this->link_.receive(this->wire_.message(), this->wire_.message_size(), this->now_());
    // The message's views point into the wire's buffer until the event is handled.
    const bool alive = this->handle_(event);
    if (!alive)
      return false;
    this->wire_.release();
    this->crash_points_.received(this->link_);
    // One write to the flash in a pass.
    if (event == LinkEvent::UPDATE)
      break;
  }
  return true;
}

bool Client::send_() {
#ifdef OCEANREMOTE_HAS_BULK
  if (this->wire_.take_pong())
    this->bulk_.answered();
#endif
  for (uint8_t count = 0; count < MESSAGES_PER_PASS && this->wire_.can_send(); count++) {
    uint8_t *frame = this->wire_.frame();
    size_t size = 0;
    if (this->link_.want() == LinkWant::SEND)
      size = this->link_.write(frame, FRAME_CAPACITY, this->now_());
    if (size == 0)
      size = this->write_own_();
    if (size == 0)
      break;
    const auto type = static_cast<FrameType>(frame[0]);
    this->wire_.send(size);
    this->crash_points_.sent(this->link_, type);
#ifdef USE_OCEANREMOTE_LOGS
    this->log_->sent();
#endif
  }
  this->send_picture_();
#ifdef USE_OCEANREMOTE_BACKFILL
  this->send_readings_();
#endif
#ifdef USE_OCEANREMOTE_TUNNELS
  this->send_tunnels_();
#endif
#ifdef OCEANREMOTE_HAS_BULK
  if (this->bulk_.take_ask(this->now_()))
    this->wire_.ping();
#endif
  return true;
}

/// One part, and only where nothing else waits: what comes next is never behind more than that.
void Client::send_picture_() {
#ifdef USE_CAMERA
  const uint64_t now = this->now_();
  if (!this->pictures_.any() || !this->wire_.can_send() || this->link_.want() == LinkWant::SEND ||
      !this->link_.can_send(now))
    return;
  const size_t size =
      this->pictures_.write_part(this->wire_.frame() + DATA_HEADER_SIZE, this->link_.max_payload(FRAME_CAPACITY));
  if (const size_t frame_size = this->seal_(size, now))
    this->wire_.send(frame_size);
#endif
}

size_t Client::write_own_() {
  const uint64_t now = this->now_();
  if (!this->link_.can_send(now))
    return 0;
  uint8_t *frame = this->wire_.frame();
  const size_t size = this->write_message_(frame + DATA_HEADER_SIZE, this->link_.max_payload(FRAME_CAPACITY), now);
  return size == 0 ? 0 : this->seal_(size, now);
}

size_t Client::seal_(size_t size, uint64_t now) {
  size_t frame_size = 0;
  if (this->link_.seal(this->wire_.frame(), size, now, frame_size) != Error::NONE)
    return 0;
  return frame_size;
}

/// What comes first of all that waits: the hub does nothing for a device that it has no description of, and requests
/// are few.
size_t Client::write_message_(uint8_t *payload, size_t capacity, uint64_t now) {
  if (this->describing_)
    return this->write_part_(payload, capacity);
#ifdef USE_OCEANREMOTE_ADDRESSES
  if (const size_t size = this->write_addresses_stored_(payload, capacity))
    return size;
#endif
#ifdef USE_OCEANREMOTE_IMPORTS
  if (const size_t size = this->write_import_(payload, capacity))
    return size;
#endif
#ifdef USE_OCEANREMOTE_REQUESTS
  if (const size_t size = this->requests_.write(payload, capacity, now))
    return size;
#endif
#ifdef USE_OCEANREMOTE_ACTIONS
  if (const size_t size = this->action_calls_.write(payload, capacity))
    return size;
#endif
  if (this->completing_ && this->entities_.all_told()) {
    CborWriter writer(payload, capacity);
    write_states_complete(writer);
    this->completing_ = false;
#ifdef USE_OCEANREMOTE_SLEEP
    if (this->sleep_guard_ != nullptr)
      this->sleep_guard_->states_told();
#endif
    return writer.size();
  }
  if (this->entities_.any_due(now))
    return this->entities_.write_states(payload, capacity);
  if (const size_t size = this->entities_.write_event(payload, capacity, now))
    return size;
#ifdef USE_OCEANREMOTE_RECEIVERS
  if (const size_t size = this->heard_signals_.write(payload, capacity))
    return size;
#endif
#ifdef USE_OCEANREMOTE_OTA
  if (const size_t size = this->updates_->write(payload, capacity))
    return size;
#endif
#ifdef USE_OCEANREMOTE_HEALTH
  if (const size_t size = this->health_.write(payload, capacity, now))
    return size;
#endif
#ifdef USE_OCEANREMOTE_LAST_LINES
  if (this->log_->kept().has_crash()) {
    const size_t size = this->log_->kept().write(payload, capacity);
    this->log_->kept().told();
    return size;
  }
#endif
#ifdef USE_OCEANREMOTE_LOGS
  const size_t size = this->bulk_.is_open(now) ? this->log_->write(payload, capacity, now) : 0;
  this->bulk_.sent(size);
  return size;
#else
  return 0;
#endif
}

size_t Client::write_part_(uint8_t *payload, size_t capacity) {
  const size_t left = this->description_size_ - this->described_;
  const size_t room = capacity - DESCRIBE_HEAD_MAX;
  const size_t size = left < room ? left : room;
  CborWriter writer(payload, DESCRIBE_HEAD_MAX);
  write_describe_head(writer, this->described_, this->description_size_, size);
  uint8_t *body = payload + writer.size();
  const ByteView part = this->entities_.next_part(body, size);
  // An entity that describes itself otherwise than a moment ago: the hub finds the hash wrong, and the next link begins
  // with the new one.
  std::memset(body + part.size, 0, size - part.size);
  this->described_ += size;
  this->describing_ = this->described_ < this->description_size_;
  return writer.size() + size;
}

void Client::set_connected_(bool connected) {
  this->connected_ = connected;
#ifdef USE_BINARY_SENSOR
  if (this->connected_binary_sensor_ != nullptr)
    this->connected_binary_sensor_->publish_state(connected);
#endif
}

void Client::set_last_error_([[maybe_unused]] const LogString *reason) {
#ifdef USE_TEXT_SENSOR
  if (this->last_error_text_sensor_ == nullptr)
    return;
  char text[LAST_ERROR_SIZE];
  ESPHOME_strncpy_P(text, LOG_STR_ARG(reason), sizeof(text) - 1);
  text[sizeof(text) - 1] = '\0';
  this->last_error_text_sensor_->publish_state(text);
#endif
}

}  // namespace esphome::oceanremote
