#pragma once
// Texts that lie in flash on a board, as the machine that tests reads them.

#include <algorithm>

#include "errors.h"

namespace esphome::oceanremote::testing {

#ifdef USE_ESP8266
/// A copy in RAM; the one before it is still there, which is enough for a comparison.
inline const char *text_of(const LogString *text) {
  static char copies[2][64];
  static unsigned turn = 0;
  turn ^= 1;
  const char *flash = reinterpret_cast<const char *>(text);
  memcpy_P(copies[turn], flash, std::min<size_t>(strlen_P(flash) + 1, sizeof(copies[0])));
  return copies[turn];
}
#else
inline const char *text_of(const LogString *text) { return reinterpret_cast<const char *>(text); }
#endif
inline const char *text_of(Error error) { return text_of(error_text(error)); }

}  // namespace esphome::oceanremote::testing
