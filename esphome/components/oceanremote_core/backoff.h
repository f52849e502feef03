#pragma once
// How long to wait before the same address is dialed again. Every wait has jitter, so that a house full of devices does
// not come back in step after a power cut.

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace esphome::oceanremote {

inline constexpr uint32_t BACKOFF_MIN_MS = 1000;
inline constexpr uint32_t BACKOFF_MAX_MS = 60000;
/// The longest wait while whatever has gone is likely to come back: a hub, a router or a whole house that restarts.
inline constexpr uint32_t BACKOFF_HURRY_MAX_MS = 5000;
/// So long after a session or after the network came up.
inline constexpr uint32_t HURRY_MS = 300000;
/// After a power cut all the boards of a house start at once; each waits up to this long before it dials.
inline constexpr uint32_t FIRST_DIAL_SPREAD_MS = 2000;

/// The wait before the first dial of all.
[[nodiscard]] constexpr uint32_t first_dial_wait(uint32_t random) { return random % (FIRST_DIAL_SPREAD_MS + 1); }

/// Waits after network failures: half to the whole of a base that doubles.
class Backoff {
 public:
  void reset() { this->next_ms_ = BACKOFF_MIN_MS; }
  [[nodiscard]] uint32_t next(bool hurry, uint32_t random) {
    const uint32_t base = std::min<uint32_t>(this->next_ms_, hurry ? BACKOFF_HURRY_MAX_MS : BACKOFF_MAX_MS);
    this->next_ms_ = 2 * base;
    return base - random % (base / 2 + 1);
  }

 protected:
  uint32_t next_ms_{BACKOFF_MIN_MS};
};

/// Waits after the hub has refused the credentials, which time does not mend: three quarters to the whole of each step.
class RefusalPauses {
 public:
  static constexpr uint32_t STEPS_MS[] = {60000, 300000, 900000, 3600000};

  void reset() { this->step_ = 0; }
  [[nodiscard]] uint32_t next(uint32_t random) {
    const uint32_t base = STEPS_MS[this->step_];
    if (this->step_ + 1U < sizeof(STEPS_MS) / sizeof(STEPS_MS[0]))
      this->step_++;
    return base - random % (base / 4 + 1);
  }

 protected:
  uint8_t step_{0};
};

}  // namespace esphome::oceanremote
