#pragma once
// How the board fares, told while the hub asks.

#include "esphome/core/defines.h"

#ifdef USE_OCEANREMOTE_HEALTH

#include "esphome/components/oceanremote_core/cbor.h"

namespace esphome::oceanremote {

class HealthReport {
 public:
  /// In every turn of loop().
  void turn(uint64_t now_ms);
  /// From now on every so many seconds, the first at once; never at 0.
  void ask(uint32_t interval_s, uint64_t now_ms);
  void end_link() { this->interval_ms_ = 0; }
  /// Writes a `health` message if one is due; returns its size, else 0.
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity, uint64_t now_ms);

 protected:
  uint64_t interval_ms_{0};
  uint64_t due_ms_{0};
  uint64_t start_ms_{0};  ///< no clock of a program on a machine begins with it
  uint64_t turn_ms_{0};
  uint32_t longest_turn_ms_{0};
};

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_HEALTH
