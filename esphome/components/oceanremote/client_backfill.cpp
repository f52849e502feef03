// Readings of the time without a session: kept, told when nothing else waits, forgotten when the hub has them.

#include "client.h"

#ifdef USE_OCEANREMOTE_BACKFILL

#include <algorithm>
#include <cinttypes>

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

void RememberedSensor::setup(Client *client) {
  this->sensor_->add_on_state_callback([this, client](float value) {
    if (!client->is_connected())
      this->log_.add(client->reading_clock_s(), value);
  });
}

void Client::add_remembered(RememberedSensor *remembered) {
  RememberedSensor **last = &this->remembered_;
  while (*last != nullptr)
    last = &(*last)->next;
  *last = remembered;
}

#ifdef OCEANREMOTE_KEEPS_READINGS
/// The hub takes a reading when its hour is over and compiled; before, no answer is to be expected.
static constexpr uint32_t COMPILED_S = 4200;

void Client::restore_readings_() {
  const KeptReadings kept(kept_readings(), this->reading_clock_s(), sleeping_clock_s());
  for (RememberedSensor *one = this->remembered_; one != nullptr; one = one->next) {
    if (const size_t count = one->restore(kept)) {
      ESP_LOGD(TAG, "'%s': %u readings kept over sleep", one->sensor().get_name().c_str(), unsigned(count));
    }
  }
}

void Client::keep_readings_() {
  size_t left = 0;
  for (const RememberedSensor *one = this->remembered_; one != nullptr; one = one->next)
    left++;
  KeptReadingsWriter writer(kept_readings_room(), KEPT_READINGS_SIZE, this->reading_clock_s(), sleeping_clock_s());
  for (RememberedSensor *one = this->remembered_; one != nullptr; one = one->next)
    one->keep(writer, left--);
  keep_readings(writer.size());
}

bool Client::readings_settled_() {
  const uint32_t now = this->reading_clock_s();
  for (RememberedSensor *one = this->remembered_; one != nullptr; one = one->next) {
    ReadingLog &log = one->log();
    if (log.any_unsent() || (log.count() != 0 && now - log.at(0).at_s >= COMPILED_S))
      return false;
  }
  return true;
}
#endif

void Client::setup_readings_() {
#ifdef OCEANREMOTE_KEEPS_READINGS
  this->restore_readings_();
#endif
  for (RememberedSensor *one = this->remembered_; one != nullptr; one = one->next)
    one->setup(this);
}

void Client::begin_readings_() {
  for (RememberedSensor *one = this->remembered_; one != nullptr; one = one->next) {
    one->log().begin_link();
    if (one->log().count() != 0) {
      ESP_LOGI(TAG, "'%s': %u readings to tell, %" PRIu32 " lost", one->sensor().get_name().c_str(),
               unsigned(one->log().count()), one->log().lost());
    }
  }
#ifdef OCEANREMOTE_KEEPS_READINGS
  if (this->sleep_guard_ != nullptr)
    this->sleep_guard_->readings_begin();
#endif
}

/// One message, and only where nothing else waits and no other bulk is under way. What the entities say comes before
/// all of it.
void Client::send_readings_() {
  const uint64_t now = this->now_();
#ifdef OCEANREMOTE_KEEPS_READINGS
  if (this->sleep_guard_ != nullptr && this->sleep_guard_->awaits_readings() && this->readings_settled_())
    this->sleep_guard_->readings_end();
#endif
  if (!this->connected_ || this->describing_ || this->completing_ || !this->wire_.can_send() ||
      this->link_.want() == LinkWant::SEND || !this->link_.can_send(now) || !this->bulk_.is_idle(now))
    return;
  const size_t capacity = std::min<size_t>(this->link_.max_payload(FRAME_CAPACITY), BulkWindow::SIZE);
  for (RememberedSensor *one = this->remembered_; one != nullptr; one = one->next) {
    if (!one->log().any_unsent())
      continue;
    const size_t size = one->write(this->wire_.frame() + DATA_HEADER_SIZE, capacity, this->reading_clock_s());
    const size_t frame_size = size == 0 ? 0 : this->seal_(size, now);
    if (frame_size != 0) {
      this->wire_.send(frame_size);
      this->bulk_.sent(frame_size);
    }
    return;
  }
}

void Client::handle_readings_taken_(const ReadingsTaken &taken) {
  for (RememberedSensor *one = this->remembered_; one != nullptr; one = one->next) {
    if (one->is(taken.sub, taken.key))
      one->log().forget(taken.next);
  }
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_BACKFILL
