#include "update_ota.h"

#ifdef USE_OCEANREMOTE_OTA

#include <cinttypes>

#include "esphome/core/application.h"
#include "esphome/core/hal.h"
#include "esphome/core/log.h"

#include "former_image.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

/// A small part: on a slow line a command waits for no more than that, and every board takes it.
static constexpr uint16_t CHUNK = 960;
/// For the last words to leave.
static constexpr uint32_t RESTART_DELAY_MS = 300;
static constexpr uint32_t NOTIFY_INTERVAL_MS = 1000;

static_assert(CHUNK + UPDATE_OVERHEAD <= RX_LIMIT_SMALL, "every board takes a chunk");

static UpdateFailure failure_of(ota::OTAResponseTypes error, UpdateFailure otherwise) {
  switch (error) {
    case ota::OTA_RESPONSE_OK:
      return UpdateFailure::NONE;
    case ota::OTA_RESPONSE_ERROR_ESP8266_NOT_ENOUGH_SPACE:
    case ota::OTA_RESPONSE_ERROR_ESP32_NOT_ENOUGH_SPACE:
    case ota::OTA_RESPONSE_ERROR_RP2040_NOT_ENOUGH_SPACE:
    case ota::OTA_RESPONSE_ERROR_NO_UPDATE_PARTITION:
      return UpdateFailure::NO_ROOM;
    default:
      return otherwise;
  }
}

const UpdateFacts *UpdateOta::facts() {
  read_image_chip(this->chip_);
  // As a text it lies in the image, too: a hub can tell one build from another.
  App.get_build_time_string(this->build_);
  this->facts_.chip = this->chip_;
  this->facts_.build = this->build_.data();
  this->facts_.chunk = CHUNK;
  this->facts_.takes_gzip = ota::OTABackend::supports_compression();
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
  this->facts_.falls_back = falls_back();
#endif
  return &this->facts_;
}

void UpdateOta::dump_config() {
  ESP_LOGCONFIG(TAG, "Updates over the session:\n  Image for: %s\n  Build: %s", this->chip_, this->build_.data());
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
  ESP_LOGCONFIG(TAG, "  Without a session within %" PRIu32 " s a new image is undone", this->trial_time_ms_ / 1000);
  if (this->trial_.is_on_trial())
    ESP_LOGW(TAG, "This image is new: it stays if it gives a session");
#endif
}

#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
void UpdateOta::set_trial(safe_mode::SafeModeComponent *safe_mode, uint32_t time_ms, uint32_t good_after_ms) {
  this->safe_mode_ = safe_mode;
  this->trial_time_ms_ = time_ms;
  this->good_after_ms_ = good_after_ms;
}

void UpdateOta::setup() {
  if (this->safe_mode_ != nullptr)
    this->trial_.begin(is_new_image(), this->trial_time_ms_, this->good_after_ms_);
}

void UpdateOta::judge_image_(TrialStep step) {
  if (step == TrialStep::CONFIRM) {
    this->safe_mode_->mark_successful();
    // Another image may have been installed meanwhile, whose trial this is not.
    if (!this->receiver_.is_installed())
      forget_former_image();
  } else if (step == TrialStep::FALL_BACK) {
    ESP_LOGE(TAG, "This image has given no session; returning to the one before");
    return_to_former_image();
  }
}
#endif

void UpdateOta::handle(const HubMessage &message, uint64_t now_ms) {
  if (message.type == MessageType::OFFER_UPDATE)
    return this->take_offer_(message.update_offer, now_ms);
  if (message.type == MessageType::UPDATE_CHUNK)
    return this->take_chunk_(message.update_chunk, now_ms);
  if (message.type == MessageType::INSTALL_UPDATE)
    return this->install_(message.update);
  if (this->receiver_.abandon() == UpdateStep::ABORT) {
    ESP_LOGW(TAG, "The hub has given the update up");
    this->abort_(ota::OTA_ABORT);
  }
}

void UpdateOta::take_offer_(const UpdateOffer &offer, uint64_t now_ms) {
  const UpdateStep step = this->receiver_.offer(offer, now_ms);
  if (step == UpdateStep::GO_ON)
    ESP_LOGI(TAG, "Going on at byte %" PRIu32 " of %" PRIu32, this->receiver_.position(), offer.size);
  if (step != UpdateStep::BEGIN)
    return;
  if (this->backend_ != nullptr)
    this->abort_(ota::OTA_ABORT);
  ESP_LOGI(TAG, "An image of %" PRIu32 " bytes", offer.size);
  this->backend_ = ota::make_ota_backend();
  this->notify_(ota::OTA_STARTED);
  const ota::OTAResponseTypes error =
      this->backend_ == nullptr ? ota::OTA_RESPONSE_ERROR_UNKNOWN : this->backend_->begin(offer.size);
  this->error_ = error;
  this->receiver_.begun(failure_of(error, UpdateFailure::NO_ROOM));
  if (error != ota::OTA_RESPONSE_OK)
    this->abort_(ota::OTA_ERROR);
}

void UpdateOta::take_chunk_(const UpdateChunk &chunk, uint64_t now_ms) {
  UpdateStep step = this->receiver_.chunk(chunk, now_ms);
  if (step == UpdateStep::WRITE) {
    // It lies in the receive buffer; the backend's interface dates from before const.
    auto *bytes = const_cast<uint8_t *>(chunk.part.data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    const ota::OTAResponseTypes error = this->backend_->write(bytes, chunk.part.size);
    this->error_ = error;
    step = this->receiver_.written(chunk, failure_of(error, UpdateFailure::NOT_WRITTEN));
  }
  if (step == UpdateStep::ABORT)
    return this->abort_(ota::OTA_ERROR);
  const auto now = static_cast<uint32_t>(now_ms);
  if (now - this->notified_ms_ < NOTIFY_INTERVAL_MS)
    return;
  this->notified_ms_ = now;
  this->notify_(ota::OTA_IN_PROGRESS);
}

void UpdateOta::install_(uint32_t update) {
  if (this->receiver_.install(update) != UpdateStep::END)
    return;
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
  keep_former_image();
#endif
  const ota::OTAResponseTypes error = this->backend_->end();
  this->error_ = error;
  this->receiver_.ended(failure_of(error, UpdateFailure::NOT_BOOTABLE));
  if (error != ota::OTA_RESPONSE_OK) {
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
    forget_former_image();
#endif
    return this->abort_(ota::OTA_ERROR);
  }
  ESP_LOGI(TAG, "Installed; restarting");
  this->notify_(ota::OTA_COMPLETED);
}

void UpdateOta::abort_(ota::OTAState state) {
  if (this->backend_ != nullptr) {
    this->backend_->abort();
    this->backend_.reset();
  }
  if (state == ota::OTA_ERROR)
    ESP_LOGE(TAG, "The update has failed at byte %" PRIu32 " (0x%02X)", this->receiver_.position(), this->error_);
  this->notify_(state);
}

void UpdateOta::tick(uint64_t now_ms) {
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
  this->judge_image_(this->trial_.tick(now_ms));
#endif
  if (this->receiver_.tick(now_ms) == UpdateStep::ABORT)
    return this->abort_(ota::OTA_ERROR);
  if (!this->receiver_.is_over())
    return;
  if (this->restart_ms_ == 0)
    this->restart_ms_ = now_ms + RESTART_DELAY_MS;
  if (now_ms >= this->restart_ms_)
    App.safe_reboot();
}

void UpdateOta::notify_([[maybe_unused]] ota::OTAState state) {
#ifdef USE_OTA_STATE_LISTENER
  float progress = 0;
  if (state == ota::OTA_COMPLETED)
    progress = 100;
  if (state == ota::OTA_IN_PROGRESS)
    progress = 100.0F * static_cast<float>(this->receiver_.position()) / static_cast<float>(this->receiver_.size());
  this->notify_state_(state, progress, state == ota::OTA_ERROR ? this->error_ : 0);
#endif
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_OTA
