#pragma once

// The declarations of Arduino's EEPROM library that the sketch uses.

#include <stdint.h>

class EEPROMClass {
 public:
  uint8_t read(int index);
  void write(int index, uint8_t value);
};

extern EEPROMClass EEPROM;
