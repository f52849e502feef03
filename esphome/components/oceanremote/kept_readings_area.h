#pragma once
// Where readings lie while the board sleeps: an area of its own in memory that deep sleep leaves, of the size that the
// configuration allows. It belongs to one build of the firmware: in another, a sensor may mean something else. On Linux
// it is a file beside the preferences.

#include "esphome/core/defines.h"
#if defined(USE_OCEANREMOTE_BACKFILL) && defined(OCEANREMOTE_KEPT_READINGS)

#include "esphome/core/preferences.h"
#if defined(USE_HOST) || defined(USE_ESP32_RTC_PREFERENCES_STORAGE)
#define OCEANREMOTE_KEEPS_READINGS

#include "esphome/components/oceanremote_core/bytes.h"

namespace esphome::oceanremote {

inline constexpr size_t KEPT_READINGS_SIZE = OCEANREMOTE_KEPT_READINGS;

/// Seconds of a clock that goes on while the board sleeps, from anywhere on.
[[nodiscard]] uint32_t sleeping_clock_s();
/// Empty: nothing was kept by this build.
[[nodiscard]] ByteView kept_readings();
/// Where KEPT_READINGS_SIZE bytes are put together, for keep_readings().
[[nodiscard]] uint8_t *kept_readings_room();
void keep_readings(size_t size);

}  // namespace esphome::oceanremote

#endif
#endif
