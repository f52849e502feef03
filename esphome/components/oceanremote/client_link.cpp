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
    case LinkEvent::NONE:
    case LinkEvent::TIME:
    case LinkEvent::SUBSCRIBE_LOGS:
      return true;
  }
  return true;
}

void Client::handle_welcome_(const Welcome &welcome) {
  this->wire_.proved();
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
    this->set_connected_(true);
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

void Client::handle_command_(const Command &command) {
  // The id outlives the entity's work, which may reuse nothing of the message.
  const uint32_t id = command.id;
  // What restarts the board does not return: on_safe_shutdown() answers for it.
  this->executing_ = id;
  const CommandOutcome outcome = this->entities_.execute(command);
  if (this->executing_ == 0)
    return;
  this->executing_ = 0;
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
  }
  return true;
}

bool Client::send_() {
  for (uint8_t count = 0; count < MESSAGES_PER_PASS && this->wire_.can_send(); count++) {
    uint8_t *frame = this->wire_.frame();
    size_t size = 0;
    if (this->link_.want() == LinkWant::SEND)
      size = this->link_.write(frame, FRAME_CAPACITY, this->now_());
    if (size == 0)
      size = this->write_own_();
    if (size == 0)
      return true;
    const auto type = static_cast<FrameType>(frame[0]);
    this->wire_.send(size);
    this->crash_points_.sent(this->link_, type);
  }
  return true;
}

size_t Client::write_own_() {
  const uint64_t now = this->now_();
  if (!this->link_.can_send(now))
    return 0;
  uint8_t *frame = this->wire_.frame();
  uint8_t *payload = frame + DATA_HEADER_SIZE;
  const size_t capacity = this->link_.max_payload(FRAME_CAPACITY);
  size_t size = 0;
  if (this->describing_) {
    size = this->write_part_(payload, capacity);
  } else if (this->completing_ && this->entities_.all_told()) {
    CborWriter writer(payload, capacity);
    write_states_complete(writer);
    size = writer.size();
    this->completing_ = false;
  } else if (this->entities_.any_due(now)) {
    size = this->entities_.write_states(payload, capacity);
  }
  if (size == 0)
    return 0;
  size_t frame_size = 0;
  if (this->link_.seal(frame, size, now, frame_size) != Error::NONE)
    return 0;
  return frame_size;
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
