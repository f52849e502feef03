#include "board_entropy.h"

#include "esphome/core/helpers.h"

#ifdef USE_ESP32
#include <soc/soc_caps.h>
// Only a radio on the chip itself feeds its generator. A P4 or H2 may have Wi-Fi by way of another chip (esp32_hosted).
#if !(defined(USE_WIFI) && SOC_WIFI_SUPPORTED) && !(defined(USE_ESP32_BLE) && SOC_BT_SUPPORTED) && \
    !defined(USE_OPENTHREAD) && !defined(USE_ZIGBEE)
#include <bootloader_random.h>
#define OCEANREMOTE_BRACKET_ENTROPY
#endif
#endif

namespace esphome::oceanremote {

bool draw_board_entropy(void * /*context*/, uint8_t *out, size_t size) {
#ifdef OCEANREMOTE_BRACKET_ENTROPY
  // Without a radio the generator is fed by a clock alone; the bootloader's source samples the ADC instead. Once, for
  // the draw that seeds `Random`: ADC and I2S must not be in use meanwhile.
  static bool seeded = false;
  if (!seeded) {
    bootloader_random_enable();
    seeded = random_bytes(out, size);
    bootloader_random_disable();
    return seeded;
  }
#endif
  return random_bytes(out, size);
}

}  // namespace esphome::oceanremote
