#include "board_status.h"

#if defined(USE_ESP32)
#include <esp_heap_caps.h>
#include <esp_system.h>
#elif defined(USE_ESP8266)
#include <Esp.h>
extern "C" {
#include <user_interface.h>
}
#elif defined(USE_RP2)
#include <Arduino.h>
#include <hardware/watchdog.h>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host_file.h"
#endif

#if defined(USE_OCEANREMOTE_HEALTH) && defined(USE_WIFI)
#include "esphome/components/wifi/wifi_component.h"
#endif

namespace esphome::oceanremote {

#if defined(USE_ESP32)

ResetReason board_reset_reason() {
  switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
      return ResetReason::POWER_ON;
    case ESP_RST_SW:
      return ResetReason::RESTART;
    case ESP_RST_PANIC:
      return ResetReason::CRASH;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
      return ResetReason::WATCHDOG;
    case ESP_RST_BROWNOUT:
      return ResetReason::BROWNOUT;
    case ESP_RST_DEEPSLEEP:
      return ResetReason::WAKE_UP;
    case ESP_RST_EXT:
      return ResetReason::PIN;
    default:
      return ResetReason::UNKNOWN;
  }
}

#elif defined(USE_ESP8266)

ResetReason board_reset_reason() {
  switch (system_get_rst_info()->reason) {
    case REASON_DEFAULT_RST:
      return ResetReason::POWER_ON;
    case REASON_SOFT_RESTART:
      return ResetReason::RESTART;
    case REASON_EXCEPTION_RST:
      return ResetReason::CRASH;
    case REASON_WDT_RST:
    case REASON_SOFT_WDT_RST:
      return ResetReason::WATCHDOG;
    case REASON_DEEP_SLEEP_AWAKE:
      return ResetReason::WAKE_UP;
    case REASON_EXT_SYS_RST:
      return ResetReason::PIN;
    default:
      return ResetReason::UNKNOWN;
  }
}

#elif defined(USE_RP2)

/// It restarts itself by the watchdog, whether that is planned or not.
ResetReason board_reset_reason() { return watchdog_caused_reboot() ? ResetReason::UNKNOWN : ResetReason::POWER_ON; }

#else

ResetReason board_reset_reason() { return ResetReason::UNKNOWN; }

#endif

#ifdef USE_OCEANREMOTE_HEALTH

uint32_t board_free_heap() {
#if defined(USE_ESP32)
  return heap_caps_get_free_size(MALLOC_CAP_INTERNAL);
#elif defined(USE_ESP8266)
  return ESP.getFreeHeap();  // NOLINT(readability-static-accessed-through-instance)
#elif defined(USE_RP2)
  return static_cast<uint32_t>(rp2040.getFreeHeap());
#else
  return Health::NO_HEAP;
#endif
}

int16_t board_wifi_signal() {
#ifdef USE_WIFI
  if (wifi::global_wifi_component != nullptr && wifi::global_wifi_component->is_connected()) {
    const int8_t signal = wifi::global_wifi_component->wifi_rssi();
    if (signal != wifi::WIFI_RSSI_DISCONNECTED)
      return signal;
  }
#endif
  return Health::NO_SIGNAL;
}

#endif  // USE_OCEANREMOTE_HEALTH

#ifdef USE_OCEANREMOTE_LAST_LINES

#if defined(USE_HOST)

/// A file that is mapped: what has been written there outlives the process, however it ends.
uint8_t *board_kept_memory() {
  const std::string path = host_file_path(".lines");
  if (path.empty())
    return nullptr;
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return nullptr;
  void *memory = MAP_FAILED;
  if (::ftruncate(file, OCEANREMOTE_LAST_LINES) == 0)
    memory = ::mmap(nullptr, OCEANREMOTE_LAST_LINES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<uint8_t *>(memory);
}

#else

// Not RTC memory, which is tight: RAM that start-up code leaves alone. Not a member, which would be constructed.
#ifdef USE_RP2
#define OCEANREMOTE_KEPT __attribute__((section(".uninitialized_data.oceanremote")))
#else
#define OCEANREMOTE_KEPT __attribute__((section(".noinit")))
#endif
OCEANREMOTE_KEPT static uint8_t kept_memory[OCEANREMOTE_LAST_LINES];

uint8_t *board_kept_memory() { return kept_memory; }

#endif

#endif  // USE_OCEANREMOTE_LAST_LINES

}  // namespace esphome::oceanremote
