#pragma once
// Why a board that goes to deep sleep is to stay awake for now, and until when: times in, one answer out.
//
//   link opened ─► TELLING ─ first states told ─► LISTENING ─ the hub has spoken ─► FREE
//
// In TELLING and LISTENING the board holds itself, each for a bounded time; beside them the hub holds it by its own
// word, for as long as the link lives. Without a link nothing holds: a battery is worth more than a hub that is not
// there.

#include <cstdint>

namespace esphome::oceanremote {

/// From the first byte of the protocol to the last of the first states: registration, handshakes, flash and all.
inline constexpr uint32_t TELLING_MAX_MS = 60000;
/// How long the hub may take to say whether something waits for the device.
inline constexpr uint32_t LISTENING_MAX_MS = 5000;
/// How long readings of former wake-ups may take to be told, and to be taken.
inline constexpr uint32_t READINGS_MAX_MS = 10000;

class SleepHold {
 public:
  void link_opened(uint64_t now_ms) {
    this->enter_(Stage::TELLING, now_ms);
    this->hub_holds_ = this->hub_spoke_ = false;
  }
  void link_ended() {
    this->stage_ = Stage::FREE;
    this->hub_holds_ = this->reading_ = false;
  }
  /// Readings are to be told on this link.
  void readings_begin(uint64_t now_ms) {
    this->reading_ = true;
    this->reading_since_ms_ = now_ms;
  }
  /// None of them is worth waiting for any more.
  void readings_end() { this->reading_ = false; }
  [[nodiscard]] bool awaits_readings() const { return this->reading_; }
  /// The hub has every state that the device had when it was welcomed.
  void states_told(uint64_t now_ms) {
    if (this->stage_ != Stage::TELLING)
      return;
    this->told_ = true;
    this->enter_(this->hub_spoke_ ? Stage::FREE : Stage::LISTENING, now_ms);
  }
  void hub_says(bool stay_awake) {
    this->hub_holds_ = stay_awake;
    this->hub_spoke_ = true;
    if (this->stage_ == Stage::LISTENING)
      this->stage_ = Stage::FREE;
  }

  [[nodiscard]] bool holds(uint64_t now_ms) const {
    if (this->reading_ && now_ms - this->reading_since_ms_ < READINGS_MAX_MS)
      return true;
    switch (this->stage_) {
      case Stage::TELLING:
        return this->hub_holds_ || now_ms - this->since_ms_ < TELLING_MAX_MS;
      case Stage::LISTENING:
        return now_ms - this->since_ms_ < LISTENING_MAX_MS;
      case Stage::FREE:
        break;
    }
    return this->hub_holds_;
  }
  /// The first states have been told since this boot.
  [[nodiscard]] bool told() const { return this->told_; }

 protected:
  enum class Stage : uint8_t { FREE, TELLING, LISTENING };

  void enter_(Stage stage, uint64_t now_ms) {
    this->stage_ = stage;
    this->since_ms_ = now_ms;
  }

  uint64_t since_ms_{0};
  uint64_t reading_since_ms_{0};
  Stage stage_{Stage::FREE};
  bool hub_holds_{false};
  bool reading_{false};
  bool hub_spoke_{false};  ///< on this link
  bool told_{false};
};

}  // namespace esphome::oceanremote
