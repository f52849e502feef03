#pragma once
// `ota: - platform: oceanremote`: new firmware over the session, through ESPHome's own backend of the board.
//
// ESPHome's own OTA takes a whole image within one pass of loop(). This one writes one chunk in a pass, so that
// everything else goes on, and its image may take several links.

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_OTA

#include <array>

#include "esphome/components/oceanremote_core/image_trial.h"
#include "esphome/components/oceanremote_core/update_receiver.h"
#include "esphome/components/ota/ota_backend_factory.h"
#include "esphome/core/application.h"
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
#include "esphome/components/safe_mode/safe_mode.h"
#endif

#include "image_mark.h"

namespace esphome::oceanremote {

class UpdateOta final : public ota::OTAComponent {
 public:
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
  /// Not called in safe mode, in which no image proves anything. time_ms: what a new image has for its first session;
  /// good_after_ms: after which any other boot is a good one.
  void set_trial(safe_mode::SafeModeComponent *safe_mode, uint32_t time_ms, uint32_t good_after_ms);
  void setup() override;
  /// A hub has proved itself: a new image stays.
  void session_proved() { this->judge_image_(this->trial_.session_proved()); }
#endif
  void dump_config() override;

  /// What `ready` says; valid from now on.
  [[nodiscard]] const UpdateFacts *facts();
  /// One of the hub's messages about updates.
  void handle(const HubMessage &message, uint64_t now_ms);
  /// Writes what is to be told; returns its size, else 0.
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity) { return this->receiver_.write(payload, capacity); }
  void end_link() { this->receiver_.end_link(); }
  /// In every pass of loop(). Restarts the board when the image is installed and that has been told.
  void tick(uint64_t now_ms);
  [[nodiscard]] bool is_installed() const { return this->receiver_.is_installed(); }

 protected:
  void take_offer_(const UpdateOffer &offer, uint64_t now_ms);
  void take_chunk_(const UpdateChunk &chunk, uint64_t now_ms);
  void install_(uint32_t update);
  void abort_(ota::OTAState state);
  void notify_(ota::OTAState state);
#ifdef USE_OCEANREMOTE_IMAGE_TRIAL
  void judge_image_(TrialStep step);

  safe_mode::SafeModeComponent *safe_mode_{nullptr};
  ImageTrial trial_;
  uint32_t trial_time_ms_{0};
  uint32_t good_after_ms_{0};
#endif
  UpdateReceiver receiver_;
  UpdateFacts facts_;
  ImageText chip_{};
  std::array<char, Application::BUILD_TIME_STR_SIZE> build_{};
  ota::OTABackendPtr backend_;
  uint64_t restart_ms_{0};
  uint32_t notified_ms_{0};
  uint8_t error_{0};
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_OTA
