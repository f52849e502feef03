#pragma once
// How long to wait before dialing again: doubling, with jitter, so that a house full of devices does not come back in
// step after a power cut.

#include <algorithm>
#include <cstdint>

namespace esphome::oceanremote {

inline constexpr uint32_t BACKOFF_MIN_MS = 1000;
inline constexpr uint32_t BACKOFF_MAX_MS = 300000;
/// After a power cut all the boards of a house start at once; each waits up to this long before it dials.
inline constexpr uint32_t FIRST_DIAL_SPREAD_MS = 2000;

/// The wait before the first dial of all.
[[nodiscard]] constexpr uint32_t first_dial_wait(uint32_t random) { return random % (FIRST_DIAL_SPREAD_MS + 1); }

class Backoff {
 public:
  void reset() { this->next_ms_ = BACKOFF_MIN_MS; }
  /// The next wait, 75 to 125 % of a doubling base that starts at one second.
  [[nodiscard]] uint32_t next(uint32_t random) {
    const uint32_t base = this->next_ms_;
    this->next_ms_ = std::min<uint32_t>(base * 2, BACKOFF_MAX_MS);
    const uint32_t span = base / 2;
    return base - span / 2 + random % (span + 1);
  }

 protected:
  uint32_t next_ms_{BACKOFF_MIN_MS};
};

}  // namespace esphome::oceanremote
