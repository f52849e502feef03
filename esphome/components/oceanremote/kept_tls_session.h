#pragma once
// The session of the last TLS connection, for a board that sleeps: in memory that deep sleep leaves, so that no
// certificate is verified at each wake-up. One session, bounded; it belongs to one build of the firmware, whose trust
// it stands on, and to one address.

#include "esphome/core/defines.h"
#if defined(USE_OCEANREMOTE_SLEEP) && defined(USE_OCEANREMOTE_TLS)

#include "esphome/core/preferences.h"
#if defined(USE_ESP8266) || defined(USE_ESP32_RTC_PREFERENCES_STORAGE)
#define OCEANREMOTE_KEEPS_TLS_SESSION

#include "esphome/components/oceanremote_core/kept_record.h"

namespace esphome::oceanremote {

#ifdef USE_ESP8266
/// An id and a secret: what BearSSL needs. Its memory has 512 bytes for everybody.
inline constexpr size_t KEPT_TLS_SESSION_MAX = 88;
#else
/// A ticket with, in TLS 1.2, the server's certificate. ESPHome's preferences have 256 bytes of the 8 kB there.
inline constexpr size_t KEPT_TLS_SESSION_MAX = 2048;
#endif

class KeptTlsSession {
 public:
  static constexpr size_t CAPACITY = KEPT_TLS_SESSION_MAX;

  /// Empty: there is none of this owner. To be asked before anything else.
  [[nodiscard]] ByteView kept(uint64_t owner);
  /// Where a session of at most CAPACITY bytes is put together, for keep().
  [[nodiscard]] static uint8_t *room();
  void keep(uint64_t owner, size_t size);
  void forget();

 protected:
#ifdef USE_ESP8266
  void load_();
  void save_();

  ESPPreferenceObject slot_;
  bool loaded_{false};
#else
  void load_() {}
  void save_() {}
#endif
};

}  // namespace esphome::oceanremote

#endif
#endif
