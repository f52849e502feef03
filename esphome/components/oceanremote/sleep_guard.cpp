#include "sleep_guard.h"
#ifdef USE_OCEANREMOTE_SLEEP

#include <cinttypes>

#include "esphome/core/hal.h"
#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.sleep";

static constexpr uint64_t SECOND_US = 1000000;

void SleepGuard::setup() {
  this->run_duration_ = (this->deep_sleep_->*member_of(GetRunDuration{}))();
  this->deep_sleep_->*member_of(RunDuration{}) = {};
#ifdef USE_ESP32
  this->deep_sleep_->*member_of(RunDurationByCause{}) = {};
#endif
  if (this->run_duration_.has_value())
    this->set_timeout(*this->run_duration_, [this] { this->is_due_ = true; });
}

void SleepGuard::dump_config() {
  ESP_LOGCONFIG(TAG, "Deep sleep, when the hub has been told:");
  if (this->run_duration_.has_value()) {
    ESP_LOGCONFIG(TAG, "  Run Duration: %" PRIu32 " ms", *this->run_duration_);
  }
}

void SleepGuard::loop() {
  const uint64_t now = this->now_();
  if (this->hold_.holds(now)) {
    this->take_deferred_back_();
    return this->explain_(LOG_STR("the hub"));
  }
  if (this->asked_ && (this->hold_.told() || now - this->asked_ms_ >= ASKED_MAX_MS))
    this->is_due_ = true;
  if (this->deep_sleep_->*member_of(IsPrevented{}))
    return this->explain_(LOG_STR("deep_sleep.allow"));
  if (!this->is_due_)
    return;
  this->is_due_ = this->asked_ = false;
  this->enter([this] { this->deep_sleep_->begin_sleep(); });
}

void SleepGuard::explain_(const LogString *waits_for) {
  if (!this->is_due_ || this->explained_ == waits_for)
    return;
  this->explained_ = waits_for;
  ESP_LOGI(TAG, "Sleep is due, and waits for %s", LOG_STR_ARG(waits_for));
}

/// DeepSleepComponent tries by itself while a wake-up pin keeps the board awake; for what holds it, it must not.
void SleepGuard::take_deferred_back_() {
  bool &deferred = this->deep_sleep_->*member_of(IsDeferred{});
  if (!deferred)
    return;
  deferred = false;
  this->is_due_ = true;
}

void SleepGuard::hub_says(bool stay_awake) {
  this->hold_.hub_says(stay_awake);
  ESP_LOGD(TAG, "Held awake by the hub: %s", YESNO(stay_awake));
  if (stay_awake)
    this->take_deferred_back_();
}

void SleepGuard::ask() {
  this->asked_ = true;
  this->asked_ms_ = this->now_();
}

uint32_t SleepGuard::wakes_in_s() const {
  const optional<uint64_t> &duration = this->deep_sleep_->*member_of(SleepDuration{});
  if (!duration.has_value())
    return 0;
  const uint64_t seconds = (*duration + SECOND_US - 1) / SECOND_US;
  return seconds < UINT32_MAX ? static_cast<uint32_t>(seconds) : UINT32_MAX;
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_SLEEP
