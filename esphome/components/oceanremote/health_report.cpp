#include "health_report.h"

#ifdef USE_OCEANREMOTE_HEALTH

#include "board_status.h"

namespace esphome::oceanremote {

void HealthReport::turn(uint64_t now_ms) {
  if (this->turn_ms_ == 0) {
    this->start_ms_ = now_ms;
  } else if (now_ms - this->turn_ms_ > this->longest_turn_ms_) {
    this->longest_turn_ms_ = static_cast<uint32_t>(now_ms - this->turn_ms_);
  }
  this->turn_ms_ = now_ms;
}

void HealthReport::ask(uint32_t interval_s, uint64_t now_ms) {
  this->interval_ms_ = static_cast<uint64_t>(interval_s) * 1000;
  this->due_ms_ = now_ms;
}

size_t HealthReport::write(uint8_t *payload, size_t capacity, uint64_t now_ms) {
  if (this->interval_ms_ == 0 || now_ms < this->due_ms_)
    return 0;
  this->due_ms_ = now_ms + this->interval_ms_;
  Health health;
  health.uptime_s = static_cast<uint32_t>((now_ms - this->start_ms_) / 1000);
  health.wifi_signal_dbm = board_wifi_signal();
  health.free_heap = board_free_heap();
  health.longest_loop_ms = this->longest_turn_ms_;
  this->longest_turn_ms_ = 0;
  CborWriter writer(payload, capacity);
  write_health(writer, health);
  return writer.size();
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_HEALTH
