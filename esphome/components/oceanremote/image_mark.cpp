#include "image_mark.h"

#ifdef USE_OCEANREMOTE_OTA

#include "esphome/core/version.h"

namespace esphome::oceanremote {

#if defined(USE_ESP8266)
#define OCEANREMOTE_CHIP "ESP8266"
#elif defined(USE_ESP32) || defined(USE_RP2)
#define OCEANREMOTE_CHIP ESPHOME_VARIANT
#elif defined(__x86_64__)
#define OCEANREMOTE_CHIP "host x86_64"
#elif defined(__aarch64__)
#define OCEANREMOTE_CHIP "host aarch64"
#else
#define OCEANREMOTE_CHIP "host"
#endif

#ifndef OCEANREMOTE_PROJECT_VERSION
#define OCEANREMOTE_PROJECT_VERSION ""
#endif

static constexpr char SEPARATOR = '|';

// The hub looks for its beginning; the parts behind it are in the order of firmware/image.py.
static const char IMAGE_MARK[] IN_FLASH = "oceanremote-image/1|" OCEANREMOTE_CHIP "|" OCEANREMOTE_NODE_NAME
                                          "|" OCEANREMOTE_PROJECT_VERSION "|" ESPHOME_VERSION "|";

void read_image_chip(ImageText &chip) {
  const char *at = IMAGE_MARK;
  // What is read here must lie in the image as one text: the compiler may not know what it says.
  __asm__ volatile("" : "+r"(at));
  size_t size = 0;
  bool is_behind = false;
  for (;; at++) {
    char next;
    read_flash(&next, at, 1);
    if (next == SEPARATOR && is_behind)
      break;
    if (is_behind && size < FACT_TEXT_MAX)
      chip[size++] = next;
    is_behind = is_behind || next == SEPARATOR;
  }
  chip[size] = '\0';
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_OTA
