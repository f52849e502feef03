#pragma once
// ESPHome's LOG_STR for the core, which does not know it: on an ESP8266 a plain literal takes RAM.

#ifdef USE_ESP8266
#include <pgmspace.h>
#define FLASH_TEXT(text) reinterpret_cast<const LogString *>(PSTR(text))
#else
#define FLASH_TEXT(text) reinterpret_cast<const LogString *>(text)
#endif

namespace esphome {
struct LogString;  // ESPHome's: a text that lies in flash where that is a place of its own (ESP8266)
}  // namespace esphome
