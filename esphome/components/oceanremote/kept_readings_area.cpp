#include "kept_readings_area.h"
#ifdef OCEANREMOTE_KEEPS_READINGS

#include "esphome/core/application.h"

#include "esphome/components/oceanremote_core/kept_record.h"

#ifdef USE_ESP32
#include <esp_attr.h>
#include <esp_rtc_time.h>
#else
#include <ctime>

#include "host_file.h"
#endif
#ifndef RTC_NOINIT_ATTR
#define RTC_NOINIT_ATTR
#endif

namespace esphome::oceanremote {

/// Its layout may be another one in another version of this component.
static constexpr uint64_t LAYOUT = 1;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
static RTC_NOINIT_ATTR KeptRecord<KEPT_READINGS_SIZE> readings_record;

static uint64_t owner() { return LAYOUT << 32 | static_cast<uint32_t>(App.get_build_time()); }

#ifdef USE_ESP32
uint32_t sleeping_clock_s() { return static_cast<uint32_t>(esp_rtc_get_time_us() / 1000000); }

static void load() {}
static void save() {}
#else
uint32_t sleeping_clock_s() { return static_cast<uint32_t>(::time(nullptr)); }

static constexpr const char *SUFFIX = ".readings";

static void load() {
  if (read_host_file(host_file_path(SUFFIX), reinterpret_cast<uint8_t *>(&readings_record), sizeof(readings_record)) !=
      Error::NONE)
    readings_record.clear();
}

static void save() {
  (void) write_host_file(host_file_path(SUFFIX),
                         {reinterpret_cast<const uint8_t *>(&readings_record), sizeof(readings_record)});
}
#endif

ByteView kept_readings() {
  load();
  return readings_record.get(owner());
}

uint8_t *kept_readings_room() { return readings_record.room(); }

void keep_readings(size_t size) {
  readings_record.seal(owner(), size);
  save();
}

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_KEEPS_READINGS
