#pragma once
// Which of the hub's addresses is dialed next, and when. Within a round they follow each other at once; before each new
// round comes the backoff. An address that asked for time gets it, and delays no other: who answers there may not be
// the hub.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "backoff.h"

namespace esphome::oceanremote {

/// Pause before the next address of the same round.
inline constexpr uint32_t NEXT_ADDRESS_MS = 250;

template<size_t CAPACITY> class DialOrder {
 public:
  void set_count(uint8_t count) { this->count_ = count; }
  /// The address to dial.
  [[nodiscard]] uint8_t index() const { return this->index_; }

  /// The address has given no session. Returns when to dial the next.
  [[nodiscard]] uint64_t failed(uint64_t now_ms, uint16_t retry_after_s, uint32_t random) {
    this->hold_(now_ms, retry_after_s);
    return this->choose_(this->index_, now_ms, random);
  }
  /// The link was good and is over: begins with the first address again. settled: the link lasted.
  [[nodiscard]] uint64_t ended(uint64_t now_ms, uint16_t retry_after_s, bool settled, uint32_t random) {
    if (settled)
      this->backoff_.reset();
    this->hold_(now_ms, retry_after_s);
    return this->choose_(static_cast<uint8_t>(this->count_ - 1), now_ms, random);
  }

 protected:
  void hold_(uint64_t now_ms, uint16_t retry_after_s) {
    this->held_until_ms_[this->index_] = now_ms + static_cast<uint64_t>(retry_after_s) * 1000;
  }
  /// Takes the first address after `last` that may be dialed; if there is none, the one that soonest may.
  [[nodiscard]] uint64_t choose_(uint8_t last, uint64_t now_ms, uint32_t random) {
    for (uint8_t step = 1; step <= this->count_; step++) {
      this->index_ = static_cast<uint8_t>((last + step) % this->count_);
      if (this->held_until_ms_[this->index_] <= now_ms)
        return now_ms + (this->index_ > last ? NEXT_ADDRESS_MS : this->backoff_.next(random));
    }
    const uint64_t *first = this->held_until_ms_;
    const uint64_t *soonest = std::min_element(first, first + this->count_);
    this->index_ = static_cast<uint8_t>(soonest - first);
    return std::max<uint64_t>(now_ms + this->backoff_.next(random), *soonest);
  }

  Backoff backoff_;
  uint64_t held_until_ms_[CAPACITY]{};
  uint8_t count_{1};
  uint8_t index_{0};
};

}  // namespace esphome::oceanremote
