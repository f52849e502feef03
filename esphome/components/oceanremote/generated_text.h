#pragma once
// Texts of generated code, which lie in flash where that is a place of its own.

#include <string>

#include "esphome/core/progmem.h"

namespace esphome::oceanremote {

inline std::string generated_text(const char *text) {
#ifdef USE_ESP8266
  std::string copy(ESPHOME_strlen_P(text), '\0');
  memcpy_P(copy.data(), text, copy.size());
  return copy;
#else
  return text;
#endif
}

}  // namespace esphome::oceanremote
