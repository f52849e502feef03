#pragma once

// Where challenge::BootCounter keeps its two records on a chip with an EEPROM.

#include <EEPROM.h>
#include <stdint.h>

namespace challenge {

/// Sixteen bytes of the EEPROM from `START` on; nothing else may write there.
template<int START> class EepromStorage {
 public:
  uint8_t read(uint8_t offset) const { return EEPROM.read(START + offset); }
  void write(uint8_t offset, uint8_t byte) { EEPROM.write(START + offset, byte); }
};

}  // namespace challenge
