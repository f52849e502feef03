// Reads what is in flash as the firmware does, and then by one plain load of LOAD, as an ESP8266 cannot.

#include <cstdint>
#include <cstdio>

#include "flash_text.h"

namespace esphome::oceanremote {

static const uint16_t TABLE[] IN_FLASH = {0x1234, 0x5678};

static void load() {
  uint16_t copy[2];
  read_flash(copy, TABLE, sizeof(copy));
  std::printf("read %x\n", copy[1]);
  // Volatile, or the compiler would know what it finds.
  const volatile LOAD *plain = reinterpret_cast<const volatile LOAD *>(TABLE);
  std::printf("loaded %x\n", plain[1]);
}

}  // namespace esphome::oceanremote

int main() { esphome::oceanremote::load(); }
