#include "board_entropy.h"

#include "esphome/core/helpers.h"

#if defined(USE_ESP32) && !defined(USE_WIFI) && !defined(USE_ESP32_BLE)
#include <bootloader_random.h>
#define OCEANREMOTE_BRACKET_ENTROPY
#endif

namespace esphome::oceanremote {

bool draw_board_entropy(void * /*context*/, uint8_t *out, size_t size) {
#ifdef OCEANREMOTE_BRACKET_ENTROPY
  // Without a radio the generator is fed by the clock alone; the bootloader's source samples the ADC instead.
  bootloader_random_enable();
  const bool drawn = random_bytes(out, size);
  bootloader_random_disable();
  return drawn;
#else
  return random_bytes(out, size);
#endif
}

}  // namespace esphome::oceanremote
