#pragma once
// A clock in the identity record that never runs ahead of the world by much: what it says has passed for certain.

#include <cstdint>

namespace esphome::oceanremote {

inline constexpr uint32_t DAY_S = 24 * 3600;
inline constexpr uint64_t DAY_MS = 1000ULL * DAY_S;
/// How far one day of running may move it. More than a day, so that it catches up after the board was off; not much
/// more, so that a hub whose clock is years ahead for a week leaves it a week ahead: a date in the future that stays
/// would make every certificate look expired.
inline constexpr uint32_t CLOCK_STEP_S = 2 * DAY_S;

/// Decides when the record's clock is written, and what: after each day of running at most once, however often the
/// board starts. Times are Unix seconds; now_ms is the time since the board started.
class CoarseClock {
 public:
  /// kept_s: from the record, 0 without one. build_s: when the firmware was built; 0: no clock is kept.
  void start(uint32_t kept_s, uint32_t build_s) {
    this->kept_s_ = kept_s;
    this->build_s_ = build_s;
  }

  /// The hub's time has been heard: what is to be stored, 0 for nothing.
  [[nodiscard]] uint32_t hear(uint64_t hub_s, uint64_t now_ms) const {
    if (this->build_s_ == 0 || now_ms - this->stored_ms_ < DAY_MS)
      return 0;
    const uint32_t passed = this->kept_s_ > this->build_s_ ? this->kept_s_ : this->build_s_;
    const uint64_t most = static_cast<uint64_t>(passed) + CLOCK_STEP_S;
    const uint64_t next = hub_s < most ? hub_s : most;
    return next >= static_cast<uint64_t>(passed) + DAY_S && next <= UINT32_MAX ? static_cast<uint32_t>(next) : 0;
  }

  void stored(uint32_t kept_s, uint64_t now_ms) {
    this->kept_s_ = kept_s;
    this->stored_ms_ = now_ms;
  }

 protected:
  uint64_t stored_ms_{0};
  uint32_t kept_s_{0};
  uint32_t build_s_{0};
};

}  // namespace esphome::oceanremote
