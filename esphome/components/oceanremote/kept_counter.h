#pragma once
// The next handshake counter in memory that deep sleep and a restart leave: always there on ESP8266, on ESP32 where the
// variant has it.

#include "esphome/core/defines.h"
#if defined(USE_ESP8266) || defined(USE_ESP32_RTC_PREFERENCES_STORAGE)
#define OCEANREMOTE_KEEPS_COUNTER

#include "esphome/core/preferences.h"

namespace esphome::oceanremote {

class KeptCounter {
 public:
  /// Takes the slot.
  void reserve() { this->counter_ = global_preferences->make_preference<uint64_t>(TYPE, false); }
  void keep(uint64_t next) { (void) this->counter_.save(&next); }
  [[nodiscard]] uint64_t kept() {
    uint64_t next = 0;
    return this->counter_.load(&next) ? next : 0;
  }

 protected:
  static constexpr uint32_t TYPE = 0x6F720002;  // any fixed number does; it never changes

  ESPPreferenceObject counter_;
};

}  // namespace esphome::oceanremote

#endif
