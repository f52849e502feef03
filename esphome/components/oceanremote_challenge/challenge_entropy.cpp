#include "challenge_entropy.h"

#include "esphome/core/defines.h"
#include "esphome/core/helpers.h"

#ifdef USE_ESP32
#include <soc/soc_caps.h>
#if !(defined(USE_WIFI) && SOC_WIFI_SUPPORTED) && !(defined(USE_ESP32_BLE) && SOC_BT_SUPPORTED) && \
    !defined(USE_OPENTHREAD) && !defined(USE_ZIGBEE)
#include <bootloader_random.h>
#define CHALLENGE_BRACKET_ENTROPY
#endif
#endif

namespace esphome::oceanremote_challenge {

bool first_random_bytes(uint8_t *out, size_t size) {
#ifdef CHALLENGE_BRACKET_ENTROPY
  // The bootloader's source samples the ADC. ADC and I2S must not be in use meanwhile, hence once.
  bootloader_random_enable();
  const bool drawn = random_bytes(out, size);
  bootloader_random_disable();
  return drawn;
#else
  return random_bytes(out, size);
#endif
}

}  // namespace esphome::oceanremote_challenge
