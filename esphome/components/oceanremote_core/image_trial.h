#pragma once
// Whether a new image stays: it has a time to give a session, or the board returns to the image before it.
//
// A boot of an image that is not new counts as a good one after a time, as ESPHome's safe mode has it.

#include <cstdint>

namespace esphome::oceanremote {

enum class TrialStep : uint8_t {
  NOTHING,
  CONFIRM,    ///< the image stays, and the boot was a good one
  FALL_BACK,  ///< return to the former image
};

class ImageTrial {
 public:
  /// time_ms: what a new image has for its first session; good_after_ms: after which any other boot is a good one.
  void begin(bool is_new, uint32_t time_ms, uint32_t good_after_ms);
  /// A hub has proved itself to this image. Nothing where no trial has begun.
  [[nodiscard]] TrialStep session_proved();
  /// The time runs from the first call.
  [[nodiscard]] TrialStep tick(uint64_t now_ms);
  /// Whether the image that runs may still be returned from.
  [[nodiscard]] bool is_on_trial() const { return this->state_ == State::NEW; }

 protected:
  enum class State : uint8_t { NONE, BOOTED, NEW };

  uint64_t started_ms_{0};
  uint32_t time_ms_{0};
  State state_{State::NONE};
  bool is_started_{false};
};

}  // namespace esphome::oceanremote
